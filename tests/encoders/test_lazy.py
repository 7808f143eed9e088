"""An encoder that is loaded at its first use."""

import numpy as np
import pytest

from modgap.encoders import load_encoder
from modgap.encoders.lazy import LazyEncoder
from modgap.errors import ModelError
from modgap.io.vector_cache import VectorCache


def test_nothing_loads_before_something_is_encoded_and_then_once() -> None:
    loads = []

    def load():
        loads.append(1)
        return load_encoder()

    lazy = LazyEncoder("modgap-mini", 512, load)
    cached = lazy.with_cache(VectorCache())
    assert (lazy.name, lazy.dimension, cached.dimension, loads) == ("modgap-mini", 512, 512, [])
    vectors = lazy.encode_texts(["a dog", "a cat"])
    assert np.array_equal(vectors, load_encoder().encode_texts(["a dog", "a cat"]))
    assert lazy.reads("a dog")
    assert lazy.fingerprint == load_encoder().fingerprint
    assert loads == [1]
    assert np.allclose(cached.encode_texts(["a dog", "a cat"]), vectors, atol=1e-6)


def test_a_model_of_another_width_is_refused_at_the_first_use() -> None:
    lazy = LazyEncoder("modgap-mini", 64, load_encoder)
    with pytest.raises(ModelError, match="512 dimensions, and those here have 64"):
        lazy.encode_texts(["a dog"])


def test_an_attribute_that_no_encoder_has_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="colour"):
        _ = LazyEncoder("modgap-mini", 512, load_encoder).colour
