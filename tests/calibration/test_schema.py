"""The JSON schema in the documentation says what calibration files are."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import modgap
from modgap.calibration.artefact import Calibration
from tests.calibration.made_calibrations import made_of, without_scores

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "calibration.schema.json").read_text(encoding="utf-8"))
MADE = made_of(text=[0.5, 0.6, 0.7], image=[0.1, 0.2, 0.3])


def problems(document: Any) -> list[str]:
    return [error.json_path for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)]


def saved(calibration: Calibration, folder: Path) -> Any:
    calibration.save(folder / "calibration.json")
    return json.loads((folder / "calibration.json").read_text(encoding="utf-8"))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_calibration_of_the_sample_is_valid(tmp_path: Path) -> None:
    corpus = modgap.read_corpus(ROOT / "assets" / "sample" / "corpus")
    document = saved(modgap.Collection.encode(corpus, modgap.load_encoder()).calibrate(), tmp_path)
    assert problems(document) == []
    assert set(document) <= set(SCHEMA["properties"]), "a key that the schema does not describe"


@pytest.mark.parametrize(
    "calibration",
    [
        MADE,
        without_scores(MADE),
        replace(MADE, precision="int8"),
        replace(MADE, sampled={"image": {"n": 5, "error": 0.1}}),
        replace(MADE, group_modality={"text": "text", "image": "image"}),
        replace(MADE, after={"i0t_async": MADE.statistics}),
    ],
    ids=["made", "without scores", "int8", "sampled", "groups", "after"],
)
def test_every_kind_of_calibration_is_valid(calibration: Calibration, tmp_path: Path) -> None:
    assert problems(saved(calibration, tmp_path)) == []


def test_a_file_of_the_first_version_is_valid() -> None:
    path = ROOT / "tests" / "calibration" / "saved_0_1_0" / "calibration.json"
    assert problems(json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"format": "modgap.calibration/2"}, "$.format"),
        ({"dimension": 0}, "$.dimension"),
        ({"counts": {"text": -1}}, "$.counts.text"),
        ({"group_modality": {"text": "sound"}}, "$.group_modality.text"),
    ],
)
def test_a_document_that_modgap_would_not_write_is_refused(change: dict[str, Any], place: str, tmp_path: Path) -> None:
    assert problems({**saved(MADE, tmp_path), **change}) == [place]
