"""`read_corpus`: the one entry point for every type of corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modgap.corpus.columns import BY_NAME, ColumnChoice
from modgap.corpus.corpus import Corpus
from modgap.corpus.file_types import FileType, file_type
from modgap.corpus.files import read_archive, read_files, read_folder
from modgap.corpus.index_folder import is_index_folder, read_index
from modgap.corpus.json_lines import read_json_lines
from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.corpus.options import ReadOptions
from modgap.corpus.parquet import read_parquet
from modgap.corpus.passages import PASSAGE_WORDS
from modgap.corpus.tables import read_table
from modgap.corpus.vector_files import read_vectors
from modgap.errors import CorpusError

PathLike = str | Path

_READERS = {
    FileType.JSON_LINES: read_json_lines,
    FileType.TABLE: read_table,
    FileType.ARCHIVE: read_archive,
    FileType.VECTORS: read_vectors,
    FileType.PARQUET: read_parquet,
}
_BY_NAME = {".npz": FileType.VECTORS, ".parquet": FileType.PARQUET}


def read_corpus(
    source: PathLike | Sequence[PathLike],
    *,
    limits: Limits = DEFAULT_LIMITS,
    lines: bool = False,
    words: int | None = PASSAGE_WORDS,
    keep_duplicates: bool = False,
    columns: ColumnChoice = BY_NAME,
) -> Corpus:
    """Read pictures and passages from a folder, a `.zip` of one, a table (`.jsonl`, `.csv`, `.tsv`, `.xlsx`,
    `.parquet`), a text or document, vectors (`.npz`, `.parquet`), an index folder, or a list of files.

    limits: how much is read at most.
    lines: whether each line of a `.txt` is a passage.
    words: documents are cut into passages of about this many English words; None leaves them whole.
    keep_duplicates: whether all files and rows of equal content are kept.
    columns: what the columns of tables are, where their names are not usual ones (see `corpus.columns`).
    Returns the corpus; its `report` lists what could not be read, with the reasons.
    Raises CorpusError if nothing usable is left, or if a limit on the whole corpus is passed.
    """
    if isinstance(source, str) and (scheme := source.partition("://")[0]) != source:  # may hold a secret: not repeated
        raise CorpusError(
            f"An address ({scheme[:20]}://...) is not read: download it, and give the file. A live engine is searched "
            f"in place by the commands that take a corpus, and by modgap.connect(url)."
        )
    options = ReadOptions(limits, lines=lines, words=words, keep_duplicates=keep_duplicates, columns=columns)
    name = str(Path(source).expanduser()) if isinstance(source, (str, Path)) else "The list of files"
    try:
        if isinstance(source, (str, Path)):
            corpus = _read_path(Path(name), options)
        else:
            corpus = read_files([Path(path) for path in source], options)
    except CorpusError as error:
        raise error if name in str(error) else CorpusError(f"{name}: {str(error).rstrip('.')}.") from error
    if not corpus.items:
        raise CorpusError(f"{name} holds no picture or text that can be read{_first_reasons(corpus)}.")
    return corpus


def _read_path(path: Path, options: ReadOptions) -> Corpus:
    if path.is_dir():
        return read_index(path) if is_index_folder(path) else read_folder(path, options)
    if not path.exists():
        raise CorpusError(f"{path} is not there: check the path.")
    named = _BY_NAME.get(path.suffix.lower())
    if named in (FileType.VECTORS, FileType.PARQUET):
        return _READERS[named](path, options)  # reports what is wrong with a file that only has the name of one
    try:
        found = file_type(path, path.name)
    except CorpusError:
        return read_files([path], options)  # skips it with the reason
    return _READERS[found](path, options) if found in _READERS else read_files([path], options)


def _first_reasons(corpus: Corpus) -> str:
    if not corpus.skipped:
        return " (pictures, .txt .md .pdf .docx)"
    named = "; ".join(f"{s.id} {s.reason}" for s in corpus.skipped[:3])
    more = len(corpus.skipped) - 3
    return f": {named}" + (f"; and {more} more" if more > 0 else "")
