"""The normalisers of I0T_async (arXiv 2412.14384): a frozen batch normalisation of each encoder's vectors.

    y  = (x - mean) / sqrt(var + eps) * weight + bias        one number of each for every dimension
    x' = y / ||y||                                           x a unit vector

mean and var are running statistics of training, so one item can be normalised by itself, where I0T_post needs a
corpus for its mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.vectors import Vectors

EPS = 1e-5  # as torch.nn.BatchNorm1d has it
_NUMBERS = ("mean", "var", "weight", "bias")
_PREFIX = "async"
_TINY = 1e-6
_LARGEST = 1e9  # beyond it the lengths of normalised vectors overflow


@dataclass(frozen=True, eq=False)
class Normaliser:
    """Of one encoder. mean, var, weight, bias: (d,) float32 each."""

    mean: Vectors
    var: Vectors
    weight: Vectors
    bias: Vectors

    def affine(self, vectors: Vectors) -> Vectors:
        """(n, d) -> (n, d): the layer alone, in evaluation mode; lengths are not 1."""
        scale = self.weight / np.sqrt(self.var + np.float32(EPS))
        return ((vectors - self.mean) * scale + self.bias).astype(np.float32)

    def __call__(self, vectors: Vectors) -> Vectors:
        """Unit rows (n, d) -> unit rows (n, d); a row at the mean itself has no direction left and becomes zero.

        >>> one, zero = np.ones(2, np.float32), np.zeros(2, np.float32)
        >>> Normaliser(zero, one, 2 * one, zero)(np.asarray([[0.6, 0.8]], np.float32)).round(3).tolist()
        [[0.6000000238418579, 0.800000011920929]]
        """
        moved = self.affine(vectors)
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.where(lengths > _TINY, moved / np.maximum(lengths, _TINY), np.float32(0))


@dataclass(frozen=True, eq=False)
class Normalisers:
    """One for pictures, one for words. model: the encoder that they belong to. origin: how they were learnt."""

    image: Normaliser
    text: Normaliser
    model: str = ""
    origin: str = ""
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def dimension(self) -> int:
        return int(self.image.mean.size)

    def for_modality(self, modality: Modality | str) -> Normaliser:
        """The normaliser of one modality, which is "image" or "text". Raises ValueError for any other."""
        return {Modality.IMAGE: self.image, Modality.TEXT: self.text}[Modality(modality)]

    def require(self, *, model: str, dimension: int) -> None:
        """Raise CalibrationError unless they were learnt for this model and dimension."""
        if self.dimension != dimension:
            raise CalibrationError(
                f"The I0T_async weights are for {self.dimension}-dimensional vectors and these have {dimension}: train "
                f"them on pairs of this model (`modgap train-async`)."
            )
        if self.model and self.model != model:
            raise CalibrationError(
                f'The I0T_async weights were trained for the model "{self.model}" and this is "{model}": train them on '
                f"pairs of this model (`modgap train-async`)."
            )

    def fault(self) -> str:
        """Why the numbers of a file cannot be used, in words; empty where they can."""
        for name, array in self.arrays().items():
            if array.shape != (self.dimension,) or not (np.abs(array) < _LARGEST).all():
                return f'"{name}" is not {self.dimension} finite numbers of a usual size'
        return "a variance is negative" if any((self.for_modality(m).var < 0).any() for m in Modality) else ""

    def arrays(self) -> dict[str, Vectors]:
        """Their numbers by name, (d,) each, as files hold them."""
        return {
            f"{_PREFIX}.{m.value}.{name}": getattr(self.for_modality(m), name) for m in Modality for name in _NUMBERS
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]], *, model: str = "", origin: str = "") -> Normalisers | None:
        """Read the output of `arrays`; None where one of the numbers is missing."""
        try:
            parts = {
                m: Normaliser(*(np.asarray(arrays[f"{_PREFIX}.{m.value}.{name}"], np.float32) for name in _NUMBERS))
                for m in Modality
            }
        except KeyError:
            return None
        return cls(image=parts[Modality.IMAGE], text=parts[Modality.TEXT], model=model, origin=origin)
