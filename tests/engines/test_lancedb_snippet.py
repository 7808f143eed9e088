"""The snippet for LanceDB runs on a database in a folder and ranks as modgap does."""

from __future__ import annotations

from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
import pytest

from modgap.engines.snippets import Names, export
from modgap.search.collection import Collection
from modgap.vectors import unit_vectors
from tests.engines.live_laws import stored


def test_it_runs_and_ranks_as_modgap_does(tmp_path: Path) -> None:
    items = stored(40)
    ids, groups = [each.id for each in items], [each.group.replace("image", "im'age") for each in items]
    modality = ["text"] * 40 + ["image"] * 40
    vectors = np.stack([each.vector for each in items])
    collection = Collection.from_vectors(ids, modality, vectors, groups=groups)
    queries = unit_vectors(vectors[:30:3] + 0.1)
    calibration = collection.calibrate(queries)
    fixed = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    rows = pa.table({"sku": ids, "kind": groups, "v": fixed})
    table = lancedb.connect(tmp_path / "db").create_table("wares", rows)
    names: dict = {}
    own = Names(table="wares", id="sku", vector="v", group="kind", k=6)
    exec(export(calibration.numbers(), "lancedb", own), names)
    for vector in queries[:3]:
        found = names["search"](table, vector.tolist())
        right = collection.search(vector, 6)
        assert [hit["id"] for hit in found] == [hit.id for hit in right]
        assert [hit["calibrated"] for hit in found] == pytest.approx([hit.value for hit in right], abs=2e-3)
