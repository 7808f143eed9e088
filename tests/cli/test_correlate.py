"""`modgap correlate`."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("loaded_once")


def test_it_prints_coefficients_intervals_and_the_paired_test(run, ratings_file, tmp_path):
    pictures = tmp_path / "pictures"
    done = run(
        *("correlate", ratings_file, "--images", pictures, "--resamples", 99, "--scores", tmp_path / "s.csv", "--json")
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["n"], document["pictures"]) == (10, 5)
    assert list(document["scores"]) == ["clipscore", "i0t_score", "ref_clipscore"]
    for by_name in document["scores"].values():
        for each in by_name.values():
            assert -1 <= each["ci95"][0] <= each["ci95"][1] <= 1
        assert by_name["tau_b"]["value"] > 0.5
    assert set(document["differences"]["i0t_score - clipscore"]["tau_c"]) == {"value", "ci95", "p"}
    assert document["left_out"]["ratings that are NaN"] == 5
    assert "pictures whose path leaves the folder" in done.stderr
    assert len((tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()) == 11


def test_the_table_for_people(run, ratings_file, tmp_path):
    done = run("correlate", ratings_file, "--images", tmp_path / "pictures", "--resamples", 99, "--clip")
    assert done.returncode == 0, done.stderr
    assert "10 ratings of 5 pictures" in done.stdout
    assert "I0T-Score minus CLIPScore" in done.stdout


def test_a_file_without_a_usable_rating_is_exit_1(run, tmp_path):
    (tmp_path / "r.json").write_text("{}", encoding="utf-8")
    done = run("correlate", tmp_path / "r.json")
    assert done.returncode == 1
    assert "no rating that can be used" in done.stderr
