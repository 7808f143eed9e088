"""Compute the vectors that ship beside the bundled model again, without training: the query bank and its nonsense.

    python -m training.ship_vectors

`make train` does this after its export. Without the file, or with one of other weights, everything works and the
vectors are computed.
"""

from __future__ import annotations

from pathlib import Path

from modgap.calibration.fit import meaningless_queries
from modgap.calibration.queries import query_bank
from modgap.encoders import load_encoder
from modgap.encoders.bundled import FOLDER, VECTORS, weights_hash
from modgap.io.assets import asset_path
from modgap.io.shipped_vectors import write_shipped_vectors
from modgap.io.vector_cache import text_key


def ship_vectors(folder: Path) -> Path:
    """Write the vectors of the bundled model, in float32 from a CPU, into its `folder`; returns the file."""
    texts = list(dict.fromkeys([*query_bank(), *meaningless_queries()]))
    vectors = load_encoder(device="cpu").encode_texts(texts)
    path = folder / VECTORS
    write_shipped_vectors(path, dict(zip(map(text_key, texts), vectors, strict=True)), weights=weights_hash(folder))
    path.chmod(0o644)
    return path


def main() -> None:
    """Write the file and print its size."""
    path = ship_vectors(asset_path(*FOLDER))
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
