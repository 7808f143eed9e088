"""Three groups from the command line: the sample's pictures, its passages, and the rows of its table of licences."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from modgap.io.assets import asset_path

pytestmark = pytest.mark.usefixtures("loaded_once")

PHOTOS, PASSAGES = 14, 20
GROUPS = ("text", "image", "licences")


@pytest.fixture(scope="module")
def vectors_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vectors")


@pytest.fixture(autouse=True)
def cache_folder(vectors_once: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One cache for all tests of this file, in place of one each: the same corpus is encoded once."""
    monkeypatch.setenv("MODGAP_CACHE", str(vectors_once))
    return vectors_once


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of three groups, labelled queries, and queries without labels."""
    root, sample = tmp_path_factory.mktemp("three"), asset_path("sample")
    with (sample / "licences.tsv").open(encoding="utf-8", newline="") as file:
        licences = list(csv.DictReader(file, delimiter="\t"))
    rows, labelled = [], []
    for entry in licences[:PHOTOS]:
        name, credit = entry["file"], f"{entry['author']} {entry['licence']}"
        words = Path(name).stem.replace("-", " ")
        shutil.copy(sample / "corpus" / "photos" / name, root / name)
        rows.append({"id": f"photo/{name}", "image": name})
        rows.append(
            {"id": f"row/{name}", "text": f"{words}: {entry['author']}, {entry['licence']}", "group": "licences"}
        )
        labelled.append({"id": f"p-{name}", "text": f"a photo of a {words}", "relevant": [f"photo/{name}"]})
        labelled.append({"id": f"l-{name}", "text": credit, "relevant": [f"row/{name}"]})
    for path in sorted((sample / "corpus" / "passages").glob("*.txt"))[:PASSAGES]:
        rows.append({"id": f"text/{path.stem}", "text": path.read_text(encoding="utf-8")})
        labelled.append(
            {"id": f"t-{path.stem}", "text": path.stem.replace("-", " "), "relevant": [f"text/{path.stem}"]}
        )
    (root / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (root / "labelled.jsonl").write_text("\n".join(map(json.dumps, labelled)), encoding="utf-8")
    (root / "queries.txt").write_text("\n".join(each["text"] for each in labelled), encoding="utf-8")
    (root / "later.txt").write_text("a bird\na tool\na poem about the sea\nwho took this\n", encoding="utf-8")
    return root


@pytest.fixture
def calibrated(run, folder: Path) -> dict:
    done = run("calibrate", "corpus.jsonl", "--queries", "queries.txt", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_calibrate_learns_each_group(run, folder: Path, calibrated: dict) -> None:
    assert calibrated["counts"] == {"text": PASSAGES, "image": PHOTOS, "licences": PHOTOS}
    assert calibrated["group_modality"] == {"licences": "text"}
    for by_group in calibrated["statistics"].values():
        assert tuple(by_group) == GROUPS
    means = [calibrated["statistics"]["text"][group]["mean"] for group in GROUPS]
    assert len(set(means)) == 3
    table = run("calibrate", "corpus.jsonl", "--queries", "queries.txt", cwd=folder).stdout
    assert all(group in table for group in GROUPS)


def test_search_ranks_all_groups_on_one_scale(run, folder: Path, calibrated: dict) -> None:
    wanted = json.loads((folder / "labelled.jsonl").read_text(encoding="utf-8").splitlines()[1])
    command = ("search", "corpus.jsonl", wanted["text"], "--calibration", "calibration.json", "-k", "48")
    hits = json.loads(run(*command, "--json", cwd=folder).stdout)["hits"]
    assert {hit.get("group", hit["modality"]) for hit in hits} == set(GROUPS)
    assert [hit["value"] for hit in hits] == sorted((hit["value"] for hit in hits), reverse=True)
    statistics = calibrated["statistics"]["text"]
    for hit in hits:
        of_group = statistics[hit.get("group", hit["modality"])]
        assert hit["z"] == pytest.approx((hit["score"] - of_group["mean"]) / of_group["std"], abs=1e-3)
    table = run(*command, cwd=folder).stdout
    assert "group" in table
    assert "licences" in table


def test_evaluate_reports_each_target_group(run, folder: Path) -> None:
    done = run(
        *("evaluate", "corpus.jsonl", "--queries", "labelled.jsonl", "--methods", "raw,standardized,i0t_post"),
        "--json",
        cwd=folder,
    )
    document = json.loads(done.stdout)
    assert {name: document["targets"][name] for name in GROUPS} == {
        "text": PASSAGES,
        "image": PHOTOS,
        "licences": PHOTOS,
    }
    for targets in document["methods"].values():
        assert set(targets) == {"all", *GROUPS}
        assert all(0 <= targets[group]["recall@20"] <= 1 for group in GROUPS)
    image = {method: targets["image"]["recall@10"] for method, targets in document["methods"].items()}
    assert image["standardized"] > image["raw"]


def test_update_merges_and_drift_answers_for_each_group(run, folder: Path, calibrated: dict) -> None:
    done = run(
        *("calibrate", "corpus.jsonl", "--update", "calibration.json", "--queries", "later.txt"),
        *("--out", "later.json", "--json"),
        cwd=folder,
    )
    merged, before = json.loads(done.stdout)["statistics"]["text"], calibrated["statistics"]["text"]
    assert {group: merged[group]["n"] for group in GROUPS} == {group: before[group]["n"] + 4 for group in GROUPS}
    drift = run(
        *("drift", "corpus.jsonl", "--calibration", "calibration.json", "--queries", "later.txt", "--json"), cwd=folder
    )
    pairs = json.loads(drift.stdout)["pairs"]
    assert [each["item_modality"] for each in pairs] == [*GROUPS]
    assert 'items of "licences"' in pairs[2]["sentence"]


@pytest.mark.parametrize("engine", ["python", "opensearch", "qdrant", "milvus", "sql"])
def test_export_writes_the_numbers_of_each_group(run, folder: Path, calibrated: dict, engine: str) -> None:
    text = run("export", "calibration.json", "--to", engine, cwd=folder).stdout
    for group, statistics in calibrated["statistics"]["text"].items():
        assert group in text
        assert repr(statistics["std"]) in text


def test_gap_prints_every_distance_and_measures_the_pair_that_is_named(run, folder: Path) -> None:
    document = json.loads(run("gap", "corpus.jsonl", "--json", cwd=folder).stdout)
    assert document["pair"] == ["image", "text"]
    assert document["distances"]["image"]["text"] == pytest.approx(document["metrics"]["centroid_distance"], abs=1e-4)
    pair = ("--pair", "image", "licences")
    other = json.loads(run("gap", "corpus.jsonl", *pair, "--json", cwd=folder).stdout)
    assert other["metrics"]["centroid_distance"] == pytest.approx(document["distances"]["image"]["licences"], abs=1e-4)
    assert "Centroid distance of every two groups" in run("gap", "corpus.jsonl", *pair, cwd=folder).stdout
    refused = run("gap", "corpus.jsonl", "--pair", "image", "sounds", cwd=folder)
    assert refused.returncode == 1
    assert 'no group "sounds". It has: text, image, licences' in refused.stderr


def test_a_calibration_that_lacks_a_group_is_refused(run, folder: Path, vectors: Path) -> None:
    rows = (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    two = [row for row in rows if '"licences"' not in row]
    (folder / "two.jsonl").write_text("\n".join(two), encoding="utf-8")
    run("calibrate", "two.jsonl", "--queries", "queries.txt", "--out", "two.json", cwd=folder)
    refused = run("search", "corpus.jsonl", "a bird", "--calibration", "two.json", cwd=folder)
    assert refused.returncode == 1
    assert 'no statistics for items of "licences"' in refused.stderr
