"""The moving average of weights during training, which generalises better than the last step's."""

from __future__ import annotations

from collections.abc import Sequence

import torch


class WeightAverage:
    """``average <- decay * average + (1 - decay) * weights`` after each step; the early steps are forgotten sooner.

    Args:
        parameters: what is trained.
        decay: 0.99 averages about the last hundred steps.
    """

    def __init__(self, parameters: Sequence[torch.nn.Parameter], decay: float = 0.99) -> None:
        self._parameters, self._decay, self._steps = list(parameters), decay, 0
        self._average = [parameter.detach().clone() for parameter in self._parameters]

    @torch.no_grad()
    def update(self) -> None:
        """Take in the weights as they are now."""
        self._steps += 1
        decay = min(self._decay, self._steps / (self._steps + 10))
        for kept, now in zip(self._average, self._parameters, strict=True):
            kept.lerp_(now, 1 - decay)

    @torch.no_grad()
    def put_in_place(self) -> None:
        """Replace the weights by their average."""
        for kept, parameter in zip(self._average, self._parameters, strict=True):
            parameter.copy_(kept)
