"""The frozen normalisers: the formula by hand, against PyTorch's own layer, and one for each modality."""

import numpy as np
import pytest
import torch
from torch.nn import BatchNorm1d

from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.methods.i0t import Normaliser, Normalisers


def numbers(*values: float) -> Normaliser:
    """Mean, variance, weight and bias, the same in two dimensions."""
    return Normaliser(*(np.full(2, value, dtype=np.float32) for value in values))


PAIR = Normalisers(numbers(0, 1, 1, 0), numbers(0.5, 1, 2, 0), model="toy")


def test_by_hand() -> None:
    # ((.6, .8) - .5) * 2 = (.2, .6), of length sqrt(.4); eps of 1e-5 is below the tolerance
    vector = np.asarray([[0.6, 0.8]], dtype=np.float32)
    assert PAIR.text.affine(vector) == pytest.approx(np.asarray([[0.2, 0.6]]), abs=1e-5)
    assert PAIR.text(vector) == pytest.approx(np.asarray([[0.2, 0.6]]) / np.sqrt(0.4), abs=1e-5)
    assert PAIR.text(np.full((1, 2), 0.5, dtype=np.float32)).tolist() == [[0, 0]]


def test_the_closed_form_is_pytorchs_layer_in_evaluation_mode() -> None:
    rng = np.random.default_rng(3)
    layer = BatchNorm1d(16).train()
    for _ in range(5):
        layer(torch.from_numpy(rng.normal(2, 3, (40, 16)).astype(np.float32)))
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(rng.uniform(0.5, 2, 16).astype(np.float32)))
        layer.bias.copy_(torch.from_numpy(rng.normal(size=16).astype(np.float32)))
    vectors = rng.normal(2, 3, (7, 16)).astype(np.float32)
    numbers = (layer.running_mean, layer.running_var, layer.weight, layer.bias)
    normaliser = Normaliser(*(each.detach().numpy() for each in numbers))

    with torch.inference_mode():
        expected = layer.eval()(torch.from_numpy(vectors)).numpy()

    assert np.abs(normaliser.affine(vectors) - expected).max() < 1e-6
    assert normaliser(vectors) == pytest.approx(expected / np.linalg.norm(expected, axis=1, keepdims=True), abs=1e-6)


def test_each_modality_has_its_own_and_a_third_word_is_not_taken_for_text() -> None:
    assert PAIR.for_modality("image") is PAIR.for_modality(Modality.IMAGE) is PAIR.image
    assert PAIR.for_modality("text") is PAIR.text
    with pytest.raises(ValueError, match="table"):
        PAIR.for_modality("table")


def test_arrays_bring_it_back_and_one_that_is_missing_none() -> None:
    arrays = PAIR.arrays()
    assert len(arrays) == 8
    found = Normalisers.from_arrays(arrays, model="toy")
    assert found is not None
    assert all(np.array_equal(found.arrays()[name], array) for name, array in arrays.items())
    del arrays["async.text.bias"]
    assert Normalisers.from_arrays(arrays) is None


def test_numbers_that_cannot_be_used_are_named() -> None:
    assert PAIR.fault() == ""
    assert Normalisers(PAIR.image, numbers(0, -1, 1, 0)).fault() == "a variance is negative"
    assert '"async.text.mean" is not 2 finite numbers' in Normalisers(PAIR.image, numbers(np.nan, 1, 1, 0)).fault()


def test_another_model_or_dimension_is_refused() -> None:
    PAIR.require(model="toy", dimension=2)
    with pytest.raises(CalibrationError, match="for 2-dimensional vectors and these have 3"):
        PAIR.require(model="toy", dimension=3)
    with pytest.raises(CalibrationError, match='"toy" and this is "other"'):
        PAIR.require(model="other", dimension=2)
