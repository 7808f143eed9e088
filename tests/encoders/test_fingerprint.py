"""A fingerprint changes with whatever changes a vector, and with nothing else."""

import copy

import torch
from torchvision import transforms

from modgap.encoders.fingerprint import encoder_fingerprint


def tokenizer(texts: list[str]) -> torch.Tensor:
    return torch.tensor([[len(text)] for text in texts])


def model(activation: type[torch.nn.Module] = torch.nn.GELU) -> torch.nn.Module:
    torch.manual_seed(0)
    layers = torch.nn.Sequential(torch.nn.Linear(3, 4), activation(), torch.nn.BatchNorm1d(4))
    layers.register_buffer("narrow", torch.ones(2, dtype=torch.bfloat16))
    return layers


def transform(side: int = 8) -> transforms.Compose:
    return transforms.Compose([transforms.Resize(side), transforms.Lambda(lambda picture: picture)])


def test_the_same_parts_give_the_same_fingerprint() -> None:
    first, second = (encoder_fingerprint(model(), transform(), tokenizer, "name", "cpu") for _ in range(2))
    assert first == second, "where a function lies in memory does not matter"
    assert len(first) == 64
    channels_last = copy.deepcopy(model()).to(memory_format=torch.channels_last)
    assert encoder_fingerprint(channels_last, transform(), tokenizer, "name", "cpu") == first


def test_each_part_counts() -> None:
    trained = model()
    with torch.no_grad():
        trained[0].weight[3, 2] += 1e-6
    moved = model()
    moved[2].running_mean += 1
    found = [
        encoder_fingerprint(model(), transform(), tokenizer, "name", "cpu"),
        encoder_fingerprint(trained, transform(), tokenizer, "name", "cpu"),
        encoder_fingerprint(moved, transform(), tokenizer, "name", "cpu"),
        encoder_fingerprint(model(torch.nn.ReLU), transform(), tokenizer, "name", "cpu"),
        encoder_fingerprint(model(), transform(9), tokenizer, "name", "cpu"),
        encoder_fingerprint(model(), transform(), lambda texts: tokenizer(texts) + 1, "name", "cpu"),
        encoder_fingerprint(model(), transform(), tokenizer, "other", "cpu"),
        encoder_fingerprint(model(), transform(), tokenizer, "name", "cuda"),
    ]
    assert len(set(found)) == len(found)
