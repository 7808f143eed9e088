"""The losses of the bundled model, by hand and by their laws."""

import math

import pytest
import torch

from training.losses import NAMING_SCALE, contrastive, distil, naming, relational


def test_the_contrastive_loss_by_hand() -> None:
    unit = torch.eye(2)
    # logits (1, 0) and (0, 1): -log(e / (e + 1)) both ways
    assert contrastive(unit, unit, scale=1.0).item() == pytest.approx(math.log1p(math.exp(-1)), abs=1e-6)


def test_excused_pairs_leave_the_denominators_but_never_the_diagonal() -> None:
    unit = torch.eye(2)
    assert contrastive(unit, unit, torch.ones(2, 2, dtype=torch.bool), scale=1.0).item() == pytest.approx(0, abs=1e-6)


def test_relational_by_hand() -> None:
    same = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    assert relational(same, torch.eye(2)).item() == pytest.approx(1.0)  # cosine 1 against 0, on both sides
    assert relational(same, same).item() == 0


def test_distillation_costs_nothing_at_the_teacher() -> None:
    torch.manual_seed(0)
    teacher = torch.nn.functional.normalize(torch.randn(6, 4), dim=-1)
    assert distil(teacher, teacher).item() == pytest.approx(0, abs=1e-4)
    assert distil(teacher.roll(1, 0), teacher).item() > 1


def test_a_picture_that_ranks_texts_as_the_classifier_does_costs_least() -> None:
    texts = torch.eye(3)
    opinion = torch.tensor([[0.8, 0.1, 0.0]])
    # the target is softmax(scale * opinion); the picture's own cosines are doubled
    agrees = opinion / 2
    target = (NAMING_SCALE * opinion).softmax(-1)
    least = -(target * target.log()).sum()
    assert naming(agrees, texts, opinion).item() == pytest.approx(least.item(), abs=1e-5)
    assert naming(agrees.flip(1), texts, opinion) > least
