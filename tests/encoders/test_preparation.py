"""A transform in two halves gives, number for number, what the whole transform gives."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

from modgap.encoders import load_encoder
from modgap.encoders.preparation import Preparation

CLIP = transforms.Compose(
    [
        transforms.Resize(32, interpolation=InterpolationMode.BICUBIC),
        transforms.CenterCrop(32),
        lambda picture: picture.convert("RGB"),
        transforms.ToTensor(),
        transforms.Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
    ]
)
ONE_TABLE = transforms.Compose([transforms.Resize((24, 30)), transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])


def picture(size: tuple[int, int]) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("transform", [CLIP, ONE_TABLE])
@pytest.mark.parametrize("size", [(32, 32), (100, 40), (17, 90)])
def test_both_halves_give_what_the_transform_gives(transform: transforms.Compose, size: tuple[int, int]) -> None:
    preparation, pictures = Preparation(transform), [picture(size), picture(size).transpose(Image.Transpose.ROTATE_180)]
    halves = [preparation.picture(each) for each in pictures]
    assert [half.dtype for half in halves] == [np.uint8] * 2
    assert torch.equal(preparation.batch(halves), torch.stack([transform(each) for each in pictures]))


@pytest.mark.parametrize("transform", [CLIP.transforms[3], transforms.Compose(CLIP.transforms[:4])])
def test_a_transform_of_another_make_is_kept_whole(transform) -> None:
    preparation = Preparation(transform)
    assert torch.equal(preparation.batch([preparation.picture(picture((32, 32)))])[0], transform(picture((32, 32))))


def test_the_bundled_model_sees_what_its_own_transform_gives() -> None:
    encoder = load_encoder(device="cpu")
    whole = encoder._preprocess(picture((300, 200)))
    assert torch.equal(encoder._preparation.batch([encoder.prepare_picture(picture((300, 200)))])[0], whole)
    assert encoder.decode_side == 2 * whole.shape[-1]
