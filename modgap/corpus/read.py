"""One door for every kind of corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modgap.corpus.corpus import Corpus
from modgap.corpus.files import read_files, read_folder
from modgap.corpus.json_lines import read_json_lines
from modgap.corpus.vector_files import read_vectors
from modgap.errors import CorpusError

PathLike = str | Path


def read_corpus(source: PathLike | Sequence[PathLike]) -> Corpus:
    """Read pictures and passages from a folder, a `.jsonl`, a vectors `.npz`, or a list of files.

    What cannot be read is in `.skipped` with its reason. Raises CorpusError when nothing usable is left.
    """
    if isinstance(source, (str, Path)):
        path = Path(source).expanduser()
        corpus, name = _read_path(path), str(path)
    else:
        corpus, name = read_files([Path(path) for path in source]), "The list of files"
    if not corpus.items:
        raise CorpusError(f"{name} holds no picture or text that can be read{_first_reasons(corpus)}.")
    return corpus


def _read_path(path: Path) -> Corpus:
    if path.is_dir():
        return read_folder(path)
    if not path.exists():
        raise CorpusError(f"{path} is not there: check the path.")
    if path.suffix.lower() == ".jsonl":
        return read_json_lines(path)
    if path.suffix.lower() == ".npz":
        return read_vectors(path)
    raise CorpusError(f"{path} is not a corpus: give a folder, a .jsonl file or a vectors .npz file.")


def _first_reasons(corpus: Corpus) -> str:
    if not corpus.skipped:
        return " (.jpg .jpeg .png .webp .txt .md)"
    named = "; ".join(f"{s.id} {s.reason}" for s in corpus.skipped[:3])
    more = len(corpus.skipped) - 3
    return f": {named}" + (f"; and {more} more" if more > 0 else "")
