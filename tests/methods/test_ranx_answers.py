"""The frozen answers of ranx that other tests compare with: how they were made, and that ranx still gives them.

ranx compiles with numba for half a minute, so its answers are kept in `ranx_answers.json`, inputs included, with the
version that gave them. To write the file again, from the root of the repository:

    python -m tests.methods.test_ranx_answers
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

ANSWERS = Path(__file__).with_name("ranx_answers.json")
RRF_K = 60


def inputs() -> dict:
    """Scores of 6 queries with 40 items of two modalities, and 9 best scores of each modality."""
    rng = np.random.default_rng(3)
    return {
        "modality": ["text", "image"] * 20,
        "scores": rng.uniform(0, 1, size=(6, 40)).round(5).tolist(),
        "best": {modality: rng.uniform(size=9).round(5).tolist() for modality in ("text", "image")},
    }


def answers_of_ranx(given: dict) -> dict:
    """ranx on these inputs: one run a modality for z and RRF, one run a list of best scores for min-max."""
    import ranx
    from ranx.fusion import rrf
    from ranx.normalization import min_max_norm, zmuv_norm

    scores, modality = np.asarray(given["scores"]), np.asarray(given["modality"])

    def run(kind: str) -> ranx.Run:
        columns = np.flatnonzero(modality == kind)
        return ranx.Run(
            {
                f"q{q}": {f"d{c}": float(row[c]) for c in sorted(columns, key=lambda c: -row[c])}
                for q, row in enumerate(scores)
            }
        )

    def table(runs: list[ranx.Run]) -> list[list[float]]:
        values = np.full(scores.shape, np.nan)
        for each in runs:
            for query, items in each.run.items():
                for item, value in items.items():
                    values[int(query[1:]), int(item[1:])] = value
        return values.tolist()

    min_max = {}
    for kind, best in given["best"].items():
        normed = min_max_norm(ranx.Run({"q": {f"d{i}": score for i, score in enumerate(best)}})).run["q"]
        min_max[kind] = [float(normed[f"d{i}"]) for i in range(len(best))]
    return {
        "zmuv_norm": table([zmuv_norm(run(kind)) for kind in ("text", "image")]),
        "rrf": table([rrf([run(kind) for kind in ("text", "image")], k=RRF_K)]),
        "min_max_norm": min_max,
    }


@pytest.mark.slow
def test_ranx_still_gives_the_frozen_answers(ranx_answers: dict) -> None:
    live = answers_of_ranx(ranx_answers)
    assert ranx_answers["rrf"] == pytest.approx(np.asarray(live["rrf"]), abs=1e-8)
    assert ranx_answers["zmuv_norm"] == pytest.approx(np.asarray(live["zmuv_norm"]), abs=1e-8)
    for modality, values in live["min_max_norm"].items():
        assert ranx_answers["min_max_norm"][modality] == pytest.approx(values, abs=1e-8)


def test_the_frozen_answers_are_of_the_inputs_above(ranx_answers: dict) -> None:
    assert {name: ranx_answers[name] for name in inputs()} == inputs()


def write_answers() -> None:
    """Write the file, a row of numbers a line."""
    given = inputs()
    origin = f"ranx {version('ranx')}, written by python -m tests.methods.test_ranx_answers"
    document = {"origin": origin, "rrf_k": RRF_K, **given, **answers_of_ranx(given)}
    parts = []
    for name, value in document.items():
        if isinstance(value, list) and isinstance(value[0], list):
            text = "[\n    " + ",\n    ".join(map(json.dumps, value)) + "\n  ]"
        else:
            text = json.dumps(value)
        parts.append(f"  {json.dumps(name)}: {text}")
    ANSWERS.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write_answers()
