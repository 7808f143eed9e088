"""`modgap search`."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from modgap.cli.search import print_hits
from modgap.io.assets import asset_path
from modgap.items import Hit, Item, Modality
from modgap.methods import METHODS
from modgap.methods.bank_bias import BankBias
from modgap.search.collection import Collection
from tests.calibration.test_foreign_queries import space


def test_a_saved_calibration_ranks_both_modalities(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    found = run("search", "corpus.npz", "@queries.npz:q3", "--calibration", "c.json", "-k", 3, "--json", cwd=vectors)
    document = json.loads(found.stdout)
    assert (document["query"], document["method"]) == ("@queries.npz:q3", "calibrated")
    assert {hit["id"] for hit in document["hits"][:2]} == {"t3", "i3"}
    fixed, more = ["rank", "id", "modality", "score", "value", "z", "fit"], ["group", "title"]
    for hit in document["hits"]:
        assert list(hit) == [*fixed, *more, "text" if hit["modality"] == "text" else "path"]


def test_without_a_calibration_the_corpus_is_calibrated_first_and_nothing_is_saved(run, vectors: Path) -> None:
    found = run("search", "corpus.npz", "@queries.npz:q3", "--json", cwd=vectors)
    assert {hit["modality"] for hit in json.loads(found.stdout)["hits"][:4]} == {"text", "image"}
    assert list(vectors.glob("*.json")) == []


def test_a_query_without_a_good_match_is_reported(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    document = json.loads((vectors / "c.json").read_text(encoding="utf-8"))
    (vectors / "c.json").write_text(json.dumps({**document, "fit_threshold": 1.0}), encoding="utf-8")
    found = run("search", "corpus.npz", "@queries.npz:q3", "--calibration", "c.json", cwd=vectors)
    assert "No good match" in found.stderr


@pytest.mark.usefixtures("loaded_once", "sample_cache")
def test_the_sample_is_searched_by_words_and_by_picture(run) -> None:
    corpus = asset_path("sample", "corpus")
    words = json.loads(run("search", corpus, "giant panda", "--json").stdout)
    assert "photos/giant-panda.webp" in {hit["id"] for hit in words["hits"]}
    picture = run("search", corpus, f"@{corpus}/photos/giant-panda.webp", "-k", 5)
    assert picture.returncode == 0
    assert "giant-panda.webp" in picture.stdout
    assert "39 pictures and 120 passages" in picture.stderr


@pytest.mark.usefixtures("loaded_once")
def test_a_query_that_the_model_cannot_read_says_so(run, folder: Path) -> None:
    done = run("search", folder, "собака на пляже", "--method", "raw")
    assert "The model reads English" in done.stderr
    document = json.loads(run("search", folder, "собака на пляже", "--method", "raw", "--json").stdout)
    assert (document["readable"], document["no_match"]) == (False, True)
    document = json.loads(run("search", folder, "a dog", "--method", "raw", "--json").stdout)
    assert (document["readable"], document["no_match"]) == (True, None)


@pytest.mark.usefixtures("loaded_once")
def test_a_folder_with_broken_files_is_searched_and_they_are_named(run, folder: Path) -> None:
    done = run("search", folder, "red", "--method", "raw", "--json")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["hits"]) == 5
    assert "broken.jpg" in done.stderr


def test_every_method_searches_unless_it_learns_from_what_is_not_given(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    untrained = [name for name in METHODS if name.startswith("i0t_async")]  # these queries are too few to train on
    not_in_files = ("oracle", "i0t_post+standardized", "realign", "coral", *untrained)
    banked = [name for name in METHODS if isinstance(METHODS[name](), BankBias)]
    for name in METHODS:
        command = ("search", "corpus.npz", "@queries.npz:q3", "--method", name, "--json")
        done = run(*command, cwd=vectors)
        assert done.returncode == (name in ("oracle", *untrained)), done.stderr
        with_file = run(*command, "--calibration", "c.json", cwd=vectors)
        assert with_file.returncode == (name in (*not_in_files, *banked)), with_file.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "gone", "x"], "gone is not there"),
        (["search", "empty", "x"], "holds no picture or text"),
        (["search", "texts", "x"], "has no pictures, only passages (1)"),
        (["search", "corpus.npz", "x"], "query must be a vector"),
        (["search", "corpus.npz", "@gone.npz"], "gone.npz is not there"),
        (["search", "corpus.npz", "@queries.npz", "--calibration", "foreign.json"], "3-dimensional"),
        (["search", "corpus.npz", "@queries.npz", "--calibration", "qrels.tsv"], "not JSON"),
        (["search", "texts", "x", "--model", "nosuch"], 'no model "nosuch"'),
        (["search", "texts", "x", "--model", "ViT-B-32/laion2b_s34b_b79"], "did you mean ViT-B-32/laion2b_s34b_b79k"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_1(refuse, bad_inputs: Path, arguments: list[str], message: str) -> None:
    refuse(bad_inputs, arguments, message)


@pytest.mark.parametrize("name", ["magic", "raw+magic", "raw+"])
def test_an_unknown_method_is_bad_usage_before_anything_is_read(usage_error, name: str) -> None:
    said = usage_error("search", "gone", "x", "--method", name)
    assert "--method" in said
    assert f'there is no method "{name}". Known: raw, standardized' in said


def test_a_stack_that_cannot_be_made_is_bad_usage(usage_error) -> None:
    assert '"standardized" changes scores, so it must come last' in usage_error(
        "search", "gone", "x", "--method", "standardized+raw"
    )


def test_no_results_and_no_query_are_bad_usage(usage_error) -> None:
    assert "QUERY" in usage_error("search", "corpus")
    assert "-k" in usage_error("search", "corpus", "words", "-k", "0")


def test_the_table_shows_groups_only_where_one_is_not_a_modality(capsys: pytest.CaptureFixture[str]) -> None:
    items = [Item("a", Modality.TEXT, text="[bold]harbour"), Item("b", Modality.TEXT, group="licences")]
    collection = Collection(items, np.eye(2, dtype=np.float32))
    plain, licence = Hit(1, "a", Modality.TEXT, 0.5), Hit(2, "b", Modality.TEXT, 0.25, -1.0, 0.02, group="licences")
    print_hits(collection, [plain], ranked_by="cosine")
    shown = capsys.readouterr().out
    assert "group" not in shown
    assert "[bold]harbour" in shown
    print_hits(collection, [plain, licence], ranked_by="cosine")
    shown = capsys.readouterr().out
    assert "group" in shown
    assert ["2", "text", "licences", "0.250", "-1.00", "2%", "b"] in [
        [cell.strip() for cell in line.strip("│").split("│") if cell.strip()] for line in shown.splitlines()
    ]


def test_a_calibration_of_another_state_of_the_corpus_is_noted_and_refused_when_strict(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    with np.load(vectors / "corpus.npz") as whole:
        np.savez(vectors / "fewer.npz", **{name: whole[name][:-2] for name in whole.files})
    command = ("search", "fewer.npz", "@queries.npz:q3", "--calibration", "c.json")
    done = run(*command, cwd=vectors)
    assert done.returncode == 0
    assert "Note: The calibration was made for another state of this corpus" in done.stderr
    assert "(12 pictures and 12 passages then, 10 and 12 now)" in done.stderr
    strict = run(*command, "--strict", cwd=vectors)
    assert (strict.returncode, strict.stdout) == (1, "")
    assert "modgap: The calibration was made for another state of this corpus" in strict.stderr
    same = run("search", "corpus.npz", *command[2:], "--strict", cwd=vectors)
    assert same.returncode == 0
    assert "another state" not in same.stderr


def test_strict_without_a_calibration_is_bad_usage(usage_error, vectors: Path) -> None:
    assert "--strict: goes with --calibration" in usage_error("search", "corpus.npz", "x", "--strict", cwd=vectors)


def test_json_holds_what_ranked_and_what_it_was_ranked_with(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    saved = json.loads((vectors / "c.json").read_text(encoding="utf-8"))
    command = ("search", "corpus.npz", "@queries.npz:q3", "--calibration", "c.json", "-k", 4, "--json")
    for method, ranked_by, of_hit in (
        ("standardized", "z", "z"),
        ("raw", "cosine", "score"),
        ("minmax", "share of the range", None),
        ("rrf", "1 / (k + place)", None),
    ):
        document = json.loads(run(*command, "--method", method, cwd=vectors).stdout)
        assert document["ranked_by"] == ranked_by
        assert document["model"] == "vectors"
        assert document["calibration"] == {"fingerprint": saved["fingerprint"], "created": saved["created"]}
        assert document["no_match"] is False
        values = [hit["value"] for hit in document["hits"]]
        assert values == sorted(values, reverse=True)
        if of_hit is not None:
            assert values == [hit[of_hit] for hit in document["hits"]]
        assert [hit["group"] for hit in document["hits"]] == [hit["modality"] for hit in document["hits"]]


def test_json_without_a_calibration_has_no_verdict(run, vectors: Path) -> None:
    found = run("search", "corpus.npz", "@queries.npz:q3", "--method", "raw", "--json", cwd=vectors)
    document = json.loads(found.stdout)
    assert (document["calibration"], document["no_match"]) == (None, None)


@pytest.mark.usefixtures("loaded_once")
def test_json_gives_the_text_or_the_path_of_each_hit(run, folder: Path, tmp_path: Path) -> None:
    hits = json.loads(run("search", folder, "red", "--method", "raw", "--json").stdout)["hits"]
    by_id = {hit["id"]: hit for hit in hits}
    assert by_id["notes.txt"]["text"] == by_id["notes.txt"]["title"] == "A quiet harbour at dusk."
    assert Path(by_id["red square.jpg"]["path"]) == folder / "red square.jpg"
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", folder)
    hits = json.loads(run("search", packed, "red", "--method", "raw", "--json").stdout)["hits"]
    assert {hit["id"]: hit.get("path", "none") for hit in hits}["red square.jpg"] is None


@pytest.mark.usefixtures("loaded_once", "sample_cache")
def test_words_that_match_nothing_have_no_match_and_a_file_without_means_cannot_say(run, tmp_path: Path) -> None:
    corpus = asset_path("sample", "corpus")
    run("calibrate", corpus, "--out", tmp_path / "c.json")
    command = ("search", corpus, "--calibration", tmp_path / "c.json", "--json")
    assert json.loads(run(*command, "xqzv wvk pfft").stdout)["no_match"] is True
    assert json.loads(run(*command, "giant panda").stdout)["no_match"] is False
    document = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    (tmp_path / "c.json").write_text(json.dumps({**document, "arrays": {}}), encoding="utf-8")
    alone = run(*command, "giant panda")
    assert json.loads(alone.stdout)["no_match"] is None
    assert "Note: The calibration came without its mean vectors" in alone.stderr
    picture = run(*command, f"@{corpus}/photos/giant-panda.webp")
    assert json.loads(picture.stdout)["no_match"] is False


def test_the_table_has_the_value_that_ranked_in_a_column_of_its_own(run, vectors: Path) -> None:
    command = ("search", "corpus.npz", "@queries.npz:q3", "-k", 2, "--method")
    shown = run(*command, "rrf", cwd=vectors).stdout
    heading = next(line for line in shown.splitlines() if "rank" in line)
    assert [cell.strip() for cell in heading.strip("┃").split("┃")][:5] == [
        "rank",
        "modality",
        "1 / (k + place)",
        "cosine",
        "z",
    ]
    assert "Ranked by 1 / (k + place)." in shown
    assert "0.0164" in shown
    for method, ranked_by in (("raw", "cosine"), ("standardized", "z")):
        shown = run(*command, method, cwd=vectors).stdout
        assert f"Ranked by {ranked_by}." in shown
        heading = next(line for line in shown.splitlines() if "rank" in line)
        assert [cell.strip() for cell in heading.strip("┃").split("┃")][:4] == ["rank", "modality", "cosine", "z"]


def test_several_queries_give_what_each_gives_alone(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    rest = ("--calibration", "c.json", "-k", 3, "--json")
    several = json.loads(run("search", "corpus.npz", "--queries", "queries.npz", *rest, cwd=vectors).stdout)
    assert list(several) == ["results"]
    assert [result["id"] for result in several["results"]] == [f"q{i}" for i in range(12)]
    for name in ("q0", "q7"):
        alone = json.loads(run("search", "corpus.npz", f"@queries.npz:{name}", *rest, cwd=vectors).stdout)
        [result] = [each for each in several["results"] if each["id"] == name]
        assert {**result, "query": alone["query"]} == {**alone, "id": name}


@pytest.mark.usefixtures("loaded_once")
def test_words_and_pictures_of_a_file_are_searched_together(run, folder: Path, tmp_path: Path) -> None:
    lines = [{"id": "a", "text": "red"}, {"id": "b", "image": "red square.jpg"}]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    file = shutil.move(folder / "queries.jsonl", tmp_path / "queries.jsonl")
    shutil.copy(folder / "red square.jpg", tmp_path)
    done = run("search", folder, "--queries", file, "--method", "raw", "--json")
    words, picture = json.loads(done.stdout)["results"]
    assert (words["query"], words["id"]) == ("red", "a")
    assert picture["query"] == f"@{tmp_path / 'red square.jpg'}"
    assert picture["hits"][0]["id"] == "red square.jpg"
    alone = json.loads(run("search", folder, "red", "--method", "raw", "--json").stdout)
    assert [hit["id"] for hit in words["hits"]] == [hit["id"] for hit in alone["hits"]]


@pytest.mark.usefixtures("loaded_once")
def test_each_query_of_a_file_has_a_table_with_its_words(run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "queries.txt").write_text("a red square\n[bold]harbour\n", encoding="utf-8")
    done = run("search", folder, "--queries", tmp_path / "queries.txt", "--method", "raw")
    assert done.stdout.count("Ranked by cosine.") == 2
    assert done.stdout.index("a red square") < done.stdout.index("[bold]harbour")


def test_a_query_and_a_file_of_queries_together_or_neither_are_bad_usage(usage_error, vectors: Path) -> None:
    for arguments in ((), ("words", "--queries", "queries.npz")):
        assert "give either QUERY or --queries FILE" in usage_error("search", "corpus.npz", *arguments, cwd=vectors)


def test_queries_of_another_width_are_refused(refuse, bad_inputs: Path) -> None:
    np.savez(bad_inputs / "wide.npz", ids=["a"], modality=["text"], vectors=np.ones((1, 17)))
    refuse(bad_inputs, ["search", "corpus.npz", "--queries", "wide.npz"], "17 dimensions and the collection 16")


@pytest.mark.usefixtures("loaded_once", "sample_cache")
def test_vectors_take_words_with_the_model_that_made_them(run, usage_error, encoder, vectors: Path) -> None:
    texts = ["a red square", "a quiet harbour", "a giant panda", "an old windmill"]
    np.savez(
        vectors / "mini.npz",
        ids=["t0", "t1", "i0", "i1"],
        modality=["text", "text", "image", "image"],
        vectors=encoder.encode_texts(texts),
        model="modgap-mini-2",
    )
    command = ("search", "mini.npz", "a quiet harbour")
    found = run(*command, "--model", "modgap-mini-2", "--method", "raw", "--json", cwd=vectors)
    document = json.loads(found.stdout)
    assert (document["model"], document["hits"][0]["id"]) == ("modgap-mini-2", "t1")
    assert document["hits"][0]["score"] == pytest.approx(1, abs=1e-3)
    standardized = json.loads(run(*command, "--model", "modgap-mini-2", "--json", cwd=vectors).stdout)
    assert standardized["hits"][0]["z"] is not None
    assert "--model" in run(*command, cwd=vectors).stderr
    refused = usage_error("search", "corpus.npz", "a quiet harbour", "--model", "modgap-mini-2", cwd=vectors)
    assert 'The vectors have 16 dimensions and the model "modgap-mini-2" makes' in refused
    named = run("calibrate", "corpus.npz", "--model-name", "A/b", "--json", cwd=vectors)
    assert json.loads(named.stdout)["model"] == "A/b"


def test_queries_of_another_model_are_named_and_refused_when_strict(run, vectors: Path) -> None:
    for seed, (name, n) in enumerate({"corpus": 80, "queries": 12, "foreign": 12}.items()):
        sides = space(2 if name == "foreign" else 1, n, subjects=seed)
        ids, words = [f"{name}{row}" for row in range(2 * n)], ["image"] * n + ["text"] * n
        some = slice(None) if name == "corpus" else slice(n, None)
        np.savez(vectors / name, ids=ids[some], modality=words[some], vectors=np.concatenate(sides)[some])
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    for command in (["search", "corpus.npz"], ["calibrate", "corpus.npz"]):
        assert "another model" not in run(*command, "--queries", "queries.npz", cwd=vectors).stderr
        assert "probably of another model" in run(*command, "--queries", "foreign.npz", cwd=vectors).stderr
    refused = run(
        "search", "corpus.npz", "--queries", "foreign.npz", "--calibration", "c.json", "--strict", cwd=vectors
    )
    assert (refused.returncode, refused.stdout) == (1, "")


def test_a_row_with_both_is_one_result_that_says_which_side_found_it(run, shop: Path) -> None:
    found = json.loads(run("search", shop, "insurance for lost parcels", "--json").stdout)["hits"]
    assert sorted(hit["id"] for hit in found) == ["m1", "v1"]
    [both] = [hit for hit in found if hit["id"] == "m1"]
    assert {side["group"] for side in both["sides"]} == {"image", "text"}
    assert both["title"] == "Red mug. For tea"
    assert "of both" in run("search", shop, "a red mug", "--fusion", "mean").stdout
    assert run("search", shop, "a red mug", "--fusion", "median").returncode == 2


@pytest.mark.usefixtures("loaded_once", "sample_cache")
def test_a_picture_with_words_and_words_to_move_away_from(run) -> None:
    corpus = asset_path("sample", "corpus")
    photo = f"@{corpus}/photos/espresso-cup.webp"
    found = json.loads(run("search", corpus, "--query", photo, "--query", "yellow", "--json").stdout)
    assert found["query"] == f"{photo} + yellow"
    assert "photos/teacup-yellow.webp" in [hit["id"] for hit in found["hits"][:3]]
    less = json.loads(run("search", corpus, "a tool", "--minus", "a hammer", "--json", "-k", "30").stdout)["hits"]
    plain = json.loads(run("search", corpus, "a tool", "--json", "-k", "30").stdout)["hits"]
    hammer = "photos/claw-hammer-red.webp"
    before, after = ([hit["id"] for hit in hits] for hits in (plain, less))
    assert hammer in before
    assert hammer not in after or after.index(hammer) > before.index(hammer)
    assert run("search", corpus, "--minus", "a hammer").returncode == 2
