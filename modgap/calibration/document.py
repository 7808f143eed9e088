"""The JSON document of a calibration: what its fields look like in a file, and the checks of a file from elsewhere.

`format` comes first and never changes its meaning; keys that are unknown are ignored, and those that later versions
added may be missing. Mean vectors and normalisers stand in `arrays` (`modgap.io.embedded_arrays`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.calibration.merge import QuerySource
from modgap.calibration.no_good_match import NoMatchTest
from modgap.calibration.score_statistics import ScoreStatistics
from modgap.encoders.precision import FLOAT32
from modgap.errors import CalibrationError
from modgap.io.embedded_arrays import arrays_to_json, vectors_from_json
from modgap.items import Modality
from modgap.methods.i0t import Normalisers
from modgap.vectors import group_fault

FORMAT = "modgap.calibration/1"
FIT_THRESHOLD = 0.05  # 1 in 20 calibration queries has a best item that is no better


def document_from_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a calibration. values: its fields by name, see `Calibration`."""
    document = {
        "format": FORMAT,
        "model": values["model"],
        "dimension": values["dimension"],
        "counts": dict(values["counts"]),
        "fingerprint": values["fingerprint"],
        "created": values["created"],
        "parameters": dict(values["parameters"]),
        "queries": {modality: asdict(source) for modality, source in values["queries"].items()},
        "statistics": _to_json(values["statistics"]),
        "fit_threshold": values["fit_threshold"],
    }
    if values["evidence"] is not None:
        document["evidence"] = asdict(values["evidence"])
    if values["precision"] != FLOAT32:
        document["precision"] = values["precision"]
    if values["sampled"]:
        document["sampled"] = {group: dict(each) for group, each in values["sampled"].items()}
    if values["group_modality"]:
        document["group_modality"] = dict(values["group_modality"])
    if values["after"]:
        document["after"] = {name: _to_json(by_query) for name, by_query in values["after"].items()}
    normalisers = values["normalisers"].arrays() if values["normalisers"] else {}
    return {**document, "arrays": arrays_to_json({**values["means"], **normalisers})}


def fields_from_document(document: Any, *, name: str) -> dict[str, Any]:
    """The fields of a calibration by name, from a document of `document_from_fields`; without `arrays` it has no means.

    name: the file, for messages. Raises CalibrationError naming what is missing or not a number.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise CalibrationError(f'{name} is not a modgap calibration: its "format" is not "{FORMAT}".')
    try:
        values: dict[str, Any] = {
            "model": str(document["model"]),
            "dimension": int(document["dimension"]),
            "counts": {_checked_group(group): int(count) for group, count in document["counts"].items()},
            "fingerprint": str(document["fingerprint"]),
            "created": str(document["created"]),
            "parameters": {key: int(value) for key, value in document["parameters"].items()},
            "queries": {key: QuerySource(**value) for key, value in document["queries"].items()},
            "statistics": _from_json(document["statistics"]),
            "after": {method: _from_json(by_query) for method, by_query in document.get("after", {}).items()},
            "fit_threshold": float(document.get("fit_threshold", FIT_THRESHOLD)),
            "precision": str(document.get("precision", FLOAT32)),
            "sampled": {
                _checked_group(group): {"n": int(each["n"]), "error": float(each["error"])}
                for group, each in document.get("sampled", {}).items()
            },
            "evidence": NoMatchTest.from_json(document["evidence"]) if document.get("evidence") else None,
            "group_modality": {
                _checked_group(group): Modality(modality).value
                for group, modality in document.get("group_modality", {}).items()
            },
        }
        _check_groups(values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CalibrationError(f"{name} is damaged ({type(error).__name__}: {error}): calibrate again.") from error
    arrays = vectors_from_json(document.get("arrays", {}), dimension=values["dimension"], origin=name)
    return {**values, **fields_from_arrays(arrays, model=values["model"], origin=name)}


def fields_from_arrays(arrays: Mapping[str, NDArray[np.float32]], *, model: str, origin: str) -> dict[str, Any]:
    """`means`, and `normalisers` where all of their numbers are among the arrays (d,).

    model: that of the calibration. origin: the file, for messages. Raises CalibrationError for unusable normalisers.
    """
    normalisers = Normalisers.from_arrays(dict(arrays), model=model, origin=origin)
    fault = normalisers.fault() if normalisers is not None else ""
    if fault:
        raise CalibrationError(f"{origin} is damaged: {fault}: calibrate again.")
    names = normalisers.arrays() if normalisers else {}
    return {"means": {name: mean for name, mean in arrays.items() if name not in names}, "normalisers": normalisers}


def _check_groups(values: Mapping[str, Any]) -> None:
    """Raise ValueError unless statistics and counts name the same groups for all queries."""
    wanted = {group for group, count in values["counts"].items() if count}
    several = [*values["statistics"].values(), *(by for each in values["after"].values() for by in each.values())]
    for by_group in several:
        if by_group.keys() != wanted:
            raise ValueError(
                f"there are statistics for {', '.join(by_group) or 'no group'}, and items of "
                f"{', '.join(sorted(wanted)) or 'no group'}"
            )


def _to_json(statistics: Mapping[str, Mapping[str, ScoreStatistics]]) -> dict[str, Any]:
    return {query: {group: each.to_json() for group, each in by.items()} for query, by in statistics.items()}


def _from_json(document: Mapping[str, Any]) -> dict[str, dict[str, ScoreStatistics]]:
    return {
        query: {_checked_group(group): ScoreStatistics.from_json(value) for group, value in by_group.items()}
        for query, by_group in document.items()
    }


def _checked_group(group: str) -> str:
    fault = group_fault(group)
    if fault:
        raise ValueError(f"the group {group[:100]!r} {fault}")
    return group
