"""Phrases about classes, and features that a classifier is led to."""

import torch

from training.imagenet import phrase, pseudo_images


def test_the_article_follows_the_noun() -> None:
    assert phrase("a photo of {a} {0}", "owl") == "a photo of an owl"
    assert phrase("{a} {0}", "zebra") == "a zebra"


def test_pseudo_images_raise_the_wanted_class_and_stay_non_negative() -> None:
    torch.manual_seed(0)
    rows, bias, start = torch.randn(5, 8), torch.zeros(5), torch.rand(3, 8)
    target = torch.eye(5)[:3]
    moved = pseudo_images(target, start, rows, bias, rate=0.5, steps=4)
    before, after = ((x @ rows.T + bias).softmax(-1).diagonal() for x in (start, moved))
    assert (after > before).all()
    assert (moved >= 0).all()


def test_one_step_of_pseudo_images_by_hand() -> None:
    # softmax of (0, 0) is (1/2, 1/2), so the error is (1/2, -1/2) and the step 0.4 * (1/2 * row 0 - 1/2 * row 1)
    rows = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    moved = pseudo_images(torch.tensor([[1.0, 0.0]]), torch.zeros(1, 2), rows, torch.zeros(2), rate=0.4, steps=1)
    assert torch.allclose(moved, torch.tensor([[0.2, 0.0]]))
