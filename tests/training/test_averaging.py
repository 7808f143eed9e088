"""The moving average of weights."""

import pytest
import torch

from training.averaging import WeightAverage


def test_by_hand_with_a_short_memory() -> None:
    weight = torch.nn.Parameter(torch.tensor([0.0]))
    average = WeightAverage([weight], decay=0.05)  # below 1 / 11, which the first step would take
    for value in (1.0, 2.0):
        weight.data.fill_(value)
        average.update()
    average.put_in_place()
    assert weight.item() == pytest.approx(0.05 * 0.95 + 0.95 * 2)


def test_early_steps_are_forgotten_sooner() -> None:
    weight = torch.nn.Parameter(torch.tensor([8.0]))
    average = WeightAverage([weight], decay=0.99)
    weight.data.fill_(1.0)
    average.update()
    average.put_in_place()
    assert weight.item() == pytest.approx(8 / 11 + 10 / 11)


def test_weights_that_stay_are_their_average() -> None:
    weight = torch.nn.Parameter(torch.tensor([3.0, -1.0]))
    average = WeightAverage([weight])
    for _ in range(5):
        average.update()
    average.put_in_place()
    assert weight.tolist() == [3.0, -1.0]
