"""`modgap score`."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("loaded_once", "sample_cache")


def test_score_prints_both_scores_and_why(run, photo):
    done = run("score", photo, "a lizard on a branch", "a red bicycle", "--reference", "a reptile", "--json")

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["image"] == str(photo)
    assert document["means"] == "the sample corpus"
    right, wrong = document["captions"]
    for name in ("clipscore", "i0t_score", "ref_clipscore"):
        assert right[name] > wrong[name]
    for name in ("clipscore", "i0t_score"):
        assert right["explanation"][name]["above_random"] > 0.9
        assert -1 < right["explanation"][name]["mean_pair"] < 2.5
    assert [each["word"] for each in right["words"]] == ["a", "lizard", "on", "a", "branch"]


def test_score_for_people_marks_words_by_sign(run, photo):
    done = run("score", photo, "a lizard")
    assert done.returncode == 0, done.stderr
    assert "+lizard(+" in done.stdout
    assert "I0T-Score's means: the sample corpus." in done.stderr


def test_score_takes_means_of_a_saved_calibration_of_the_same_corpus(run, photo, tmp_path, ratings_file):
    (tmp_path / "pictures" / "a.txt").write_text("A cup of tea.", encoding="utf-8")
    (tmp_path / "pictures" / "b.txt").write_text("A cat sleeps.", encoding="utf-8")
    assert run("calibrate", tmp_path / "pictures", "--out", tmp_path / "c.json").returncode == 0
    done = run("score", photo, "a lizard", "--calibration", tmp_path / "c.json", "--json")

    document = json.loads(done.stdout)
    assert document["means"] == "the calibration"
    assert "explanation" not in document["captions"][0]
    assert "give a corpus too" in done.stderr

    calibration = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    (tmp_path / "c.json").write_text(json.dumps({**calibration, "arrays": {}}), encoding="utf-8")
    failed = run("score", photo, "a lizard", "--calibration", tmp_path / "c.json")
    assert failed.returncode == 1
    assert "mean vectors" in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "words"), [(["  "], "Caption 1 is empty"), (["a", "--corpus", "nowhere"], "nowhere")]
)
def test_bad_input_ends_in_one_sentence(run, photo, arguments, words):
    done = run("score", photo, *arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_picture_that_is_not_there_is_exit_1(run, tmp_path):
    done = run("score", tmp_path / "gone.jpg", "a dog")
    assert done.returncode == 1
    assert "gone.jpg is not there" in done.stderr
