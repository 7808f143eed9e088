"""Crops and tensors of pictures, before the backbone."""

import numpy as np
import torch
from PIL import Image

from training.image_features import random_crop, to_tensor


def test_crops_keep_about_half_of_the_area_or_more() -> None:
    rng = np.random.default_rng(0)
    sizes = [random_crop(Image.new("RGB", (200, 100)), rng).size for _ in range(50)]
    shares = [width * height / 20_000 for width, height in sizes]
    assert min(shares) > 0.4
    assert max(shares) <= 1
    assert len(set(sizes)) > 10


def test_white_is_one_and_black_minus_one_at_the_size_of_the_model() -> None:
    for colour, value in (("white", 1.0), ("black", -1.0)):
        tensor = to_tensor(Image.new("RGB", (30, 50), colour))
        assert tensor.shape == (3, 224, 224)
        assert torch.allclose(tensor, torch.tensor(value))
