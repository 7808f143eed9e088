"""Reading files of ratings: what is used, what is left out and counted, and what is refused."""

import json

import pytest
from PIL import Image

from modgap.errors import CorpusError
from modgap.evaluation.captions import ratings as reasons
from modgap.evaluation.captions.rated import score_ratings
from modgap.evaluation.captions.ratings import read_ratings


def test_what_can_be_used_is_and_the_rest_is_counted(ratings_file):
    found = read_ratings(ratings_file, ratings_file.parent / "pictures")

    assert [each.id for each in found.pictures][:5] == [
        "garden-lizard",
        "tabby-cat",
        "chesterton-windmill",
        "teacup-yellow",
        "goldfish",
    ]
    assert len(found.rated) == 2 * 5 + 1  # the broken picture shows when it is decoded
    assert found.pictures[0].references == ("this is a lizard on a branch",)
    assert dict(found.left_out) == {
        reasons.NAN: 5,
        reasons.MISSING: 1,
        reasons.NO_CAPTIONS: 1,
        reasons.OUTSIDE: 2,
        reasons.NOT_AN_OBJECT: 1,
        reasons.NOT_A_RATING: 2,
        reasons.NO_CAPTION: 1,
    }
    assert found.examples[reasons.OUTSIDE] == "hostile"


def test_no_path_leaves_the_folder_even_by_a_link(tmp_path):
    (tmp_path / "secret.png").write_bytes(b"x")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "link.png").symlink_to(tmp_path / "secret.png")
    judged = [{"caption": "a dog", "rating": 2}]
    document = {
        str(number): {"image_path": name, "human_judgement": judged}
        for number, name in enumerate(["../secret.png", "link.png", "a\0b", "x" * 5000])
    }
    (tmp_path / "r.json").write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(CorpusError, match=r"4 pictures whose path leaves|pictures whose path leaves"):
        read_ratings(tmp_path / "r.json", tmp_path / "pictures")


def test_hostile_ids_and_ratings_do_no_harm(tmp_path, encoder, ratings_file):
    document = json.loads(ratings_file.read_text(encoding="utf-8"))
    document = {"=\ud800\x1b[31m": document["garden-lizard"], "tabby-cat": document["tabby-cat"]}
    document["tabby-cat"]["human_judgement"] += [{"caption": "a cat", "rating": each} for each in (1e308, -1e308)]
    ratings_file.write_text(json.dumps(document), encoding="utf-8")

    read = read_ratings(ratings_file, tmp_path / "pictures")
    assert [each.id for each in read.pictures] == ["=\ufffd[31m", "tabby-cat"]
    assert read.left_out[reasons.NOT_A_RATING] == 2
    found = score_ratings(read, encoder)
    found.write(tmp_path / "scores.csv")
    assert (tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()[1].startswith("'=\ufffd[31m,")
    assert found.agreement(resamples=99).estimates["clipscore"]["pearson"].value > 0.5


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "is not JSON"), ("[1]", "not an object"), ("{}", "no rating"), ("[" * 100_000, "is not JSON")],
)
def test_a_file_that_is_none_is_refused(tmp_path, text, words):
    (tmp_path / "r.json").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=words):
        read_ratings(tmp_path / "r.json")


def test_a_missing_file_or_folder_is_named(tmp_path, ratings_file):
    with pytest.raises(CorpusError, match=r"gone\.json"):
        read_ratings(tmp_path / "gone.json")
    with pytest.raises(CorpusError, match="--images"):
        read_ratings(ratings_file, tmp_path / "nowhere")


def test_a_picture_of_a_flat_folder_is_found_by_its_name_and_that_is_said(tmp_path):
    (tmp_path / "flat").mkdir()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "flat" / "a.jpg")
    judged = [{"caption": "red", "rating": 4}]
    paths = {
        "here": "Flicker8k_Dataset/a.jpg",
        "gone": "Flicker8k_Dataset/b.jpg",
        "windows": "Flicker8k_Dataset\\a.jpg",
    }
    entries = {name: {"image_path": path, "human_judgement": judged} for name, path in paths.items()}
    (tmp_path / "r.json").write_text(json.dumps(entries), encoding="utf-8")

    found = read_ratings(tmp_path / "r.json", tmp_path / "flat")

    assert [each.path.name for each in found.pictures] == ["a.jpg", "a.jpg"]
    assert found.by_name == ["here", "windows"]
    assert dict(found.left_out) == {reasons.MISSING: 1}
