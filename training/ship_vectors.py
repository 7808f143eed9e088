"""Compute the vectors that ship beside the bundled model again, without training: of all that is the same for everyone.

    python -m training.ship_vectors

These are the query bank and its nonsense, and the sample corpus: its pictures and passages, their first sentences, the
example queries and the labelled ones; and the texts of the catalogue of objects with its example queries. `make train`
does this after its export. Without the file, or with one of other weights, everything works and the vectors are
computed.
"""

from __future__ import annotations

from pathlib import Path

from modgap.calibration.fit import meaningless_queries
from modgap.calibration.queries import first_sentence, query_bank
from modgap.corpus import Corpus, read_corpus, read_queries
from modgap.encoders import Encoder
from modgap.encoders.bundled import FOLDER, VECTORS, load_bundled, weights_hash
from modgap.encoders.encode_items import READ_AS, encode_items
from modgap.encoders.load import BUNDLED
from modgap.io.assets import asset_path
from modgap.io.shipped_vectors import write_shipped_vectors
from modgap.io.vector_cache import file_key, text_key


def sample_corpus() -> Corpus:
    """The sample that ships with the app."""
    return read_corpus(asset_path("sample", "corpus"))


def shipped_texts() -> list[str]:
    """Every text whose vector is the same for everyone, each once."""
    passages = [item.text for item in sample_corpus().items if item.text]
    labelled = [query.text for query in read_queries(asset_path("sample", "queries.jsonl")).queries if query.text]
    examples = asset_path("sample", "examples.txt").read_text(encoding="utf-8").splitlines()
    sentences = [first_sentence(passage) for passage in passages]
    sample = [*passages, *sentences, *examples, *labelled]
    return list(dict.fromkeys([*query_bank(), *meaningless_queries(), *sample, *catalogue_texts()]))


def catalogue_texts() -> list[str]:
    """Texts of the catalogue of objects, their first sentences, and its example queries."""
    texts = [item.text for item in read_corpus(asset_path("sample", "products.csv")).items if item.text]
    examples = asset_path("sample", "catalogue_examples.txt").read_text(encoding="utf-8").splitlines()
    return [*texts, *map(first_sentence, texts), *examples]


def ship_vectors(folder: Path) -> Path:
    """Write the vectors of the bundled model, in float32 from a CPU, into its `folder`; returns the file."""
    encoder = Encoder(*load_bundled(), name=BUNDLED, device="cpu")  # without shipped vectors: all are computed
    texts = shipped_texts()
    vectors = dict(zip(map(text_key, texts), encoder.encode_texts(texts), strict=True))
    pictures = encode_items([item for item in sample_corpus().items if item.path is not None], encoder)
    for item, vector in zip(pictures.items, pictures.vectors, strict=True):
        assert item.path is not None
        vectors[file_key(item.path, read_as=READ_AS)] = vector
    path = folder / VECTORS
    write_shipped_vectors(path, vectors, weights=weights_hash(folder))
    path.chmod(0o644)
    return path


def main() -> None:
    """Write the file and print its size."""
    path = ship_vectors(asset_path(*FOLDER))
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
