"""Scores of rated captions, and how they are written."""

import pytest

from modgap.errors import CorpusError
from modgap.evaluation.captions import ratings as reasons
from modgap.evaluation.captions.rated import score_ratings
from modgap.evaluation.captions.ratings import read_ratings


def test_every_rated_pair_is_scored_once_encoded(ratings_file, encoder):
    read = read_ratings(ratings_file, ratings_file.parent / "pictures")
    found = score_ratings(read, encoder)

    assert found.ratings.tolist() == [4, 1] * 5
    assert read.left_out[reasons.BROKEN] == 1
    assert found.source == "the 5 rated pictures and their 5 captions"
    assert {name: values.shape for name, values in found.scores.items()} == {
        "clipscore": (10,),
        "i0t_score": (10,),
        "ref_clipscore": (10,),
    }
    right, wrong = found.scores["i0t_score"][::2], found.scores["i0t_score"][1::2]
    assert (right > wrong).all()
    assert right.mean() > 0.1
    assert wrong.mean() < 0
    clipped = score_ratings(read, encoder, clip=True).scores["i0t_score"]
    assert clipped.min() == 0


def test_scores_are_written_and_no_cell_is_a_formula(ratings_file, encoder, tmp_path):
    found = score_ratings(read_ratings(ratings_file, ratings_file.parent / "pictures"), encoder)
    object.__setattr__(found.rated[0], "caption", "=HYPERLINK(1)")
    found.write(tmp_path / "scores.csv")

    lines = (tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "picture,caption,rating,clipscore,i0t_score,ref_clipscore"
    assert lines[1].startswith("garden-lizard,'=HYPERLINK(1),4,")
    with pytest.raises(CorpusError, match="cannot be written"):
        found.write(tmp_path / "no" / "scores.csv")
