"""The vectors that ship with the bundled model are those that it computes, of the texts that a calibration asks."""

import shutil
from pathlib import Path

import numpy as np

from modgap.calibration.fit import meaningless_queries
from modgap.calibration.queries import query_bank
from modgap.encoders.bundled import FOLDER, VECTORS, weights_hash
from modgap.io.assets import asset_path
from modgap.io.shipped_vectors import read_shipped_vectors
from modgap.io.vector_cache import text_key
from training.ship_vectors import ship_vectors


def test_the_file_in_the_repository_is_what_the_command_writes(tmp_path: Path) -> None:
    folder = asset_path(*FOLDER)
    for path in folder.iterdir():
        if path.name != VECTORS:
            shutil.copy(path, tmp_path)
    assert weights_hash(tmp_path) == weights_hash(folder)
    written = read_shipped_vectors(ship_vectors(tmp_path), weights=weights_hash(tmp_path))
    shipped = read_shipped_vectors(folder / VECTORS, weights=weights_hash(folder))
    assert written.keys() == shipped.keys() >= {text_key(text) for text in [*query_bank(), *meaningless_queries()]}
    assert max(np.abs(written[key] - shipped[key]).max() for key in shipped) < 1e-5
    assert (folder / VECTORS).stat().st_size < 2_500_000
