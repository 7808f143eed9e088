"""Make `assets/models/modgap-mini` from named inputs: ``python -m training.train``.

1. Pooled features of the Flickr8k pictures, MiniLM vectors of every text (cached, the long part of a first run).
2. Projection heads over both: the teacher (`heads`).
3. The teacher distilled into a small text transformer (`text_tower`).
4. Both towers together, contrastive at logit scale 100 (`finetune`).
5. The last layers of the backbone, with the text tower fixed (`top`).
6. Export, figures of the exported model, model card.

Each step begins with random numbers of its own and leaves its weights in the cache, from where a run that was
interrupted goes on to the same end.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import math
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from open_clip.model import CLIP
from open_clip.tokenizer import SimpleTokenizer

from training.evaluate_mini import evaluate, flickr_figures
from training.export import configuration, export
from training.finetune import encode_rows, train_together
from training.flickr8k import read_flickr8k
from training.heads import ImageHead, TextHead, train_heads
from training.image_features import classifier_rows, load_backbone, pooled_features
from training.imagenet import class_texts
from training.model_card import write_model_card
from training.pairs import PairSource
from training.ship_vectors import ship_vectors
from training.teacher import SentenceTeacher
from training.text_tower import (
    TokenTable,
    begin_as_word_average,
    distil_text_tower,
    fit_projection,
    tokenize,
)
from training.texts import corpus_texts
from training.tokenizer import train_merges, write_merges
from training.top import activations, tune_top
from training.wordnet import read_wordnet

OUT = Path("assets/models/modgap-mini")
T = TypeVar("T")
TEXT_TOWER = {"context_length": 77, "width": 384, "heads": 6, "layers": 4}


@dataclass(frozen=True)
class Recipe:
    """Parameters of a run; the defaults produced the shipped weights."""

    seed: int = 0
    vocab_size: int = 16384
    views: int = 4
    head_epochs: int = 24
    distil_epochs: int = 1
    joint_epochs: int = 40
    top_epochs: int = 10
    top_views: int = 2


@dataclass
class Material:
    """Everything read or computed before training starts.

    Attributes:
        views: activations of the training pictures for the last layers, by view.
        captions: five for each training picture, picture by picture.
        texts: captions, class texts and corpus, in this order; ``source.vectors`` follows it.
        dev_captions: five for each dev picture, picture by picture.
        dev_features: pooled features of the dev pictures, ``(1000, 1280)``.
    """

    backbone: Any
    views: list[torch.Tensor]
    teacher: SentenceTeacher
    source: PairSource
    captions: list[str]
    texts: list[str]
    dev_captions: list[str]
    dev_features: torch.Tensor

    def vectors(self, texts: list[str]) -> torch.Tensor:
        """MiniLM vectors, ``(len(texts), 384)`` float32."""
        return torch.from_numpy(self.teacher.encode(texts)).float()


def gather(flickr8k: Path, wordnet: Path, cache: Path, recipe: Recipe) -> Material:
    """Step 1: read the inputs, compute features and teacher vectors."""
    train, dev = read_flickr8k(flickr8k, "train"), read_flickr8k(flickr8k, "dev")
    synsets = read_wordnet(wordnet)
    backbone, teacher = load_backbone(), SentenceTeacher(cache)
    captions = [text for texts in train.captions for text in texts]
    about = class_texts(synsets)
    corpus = corpus_texts(synsets, captions, np.random.default_rng(recipe.seed))
    views = [pooled_features(train, backbone, view, cache) for view in range(recipe.views)]
    vectors = np.concatenate([teacher.encode(part) for part in (captions, about.texts, corpus)])
    rows, bias = (torch.from_numpy(part) for part in classifier_rows(backbone))
    return Material(
        backbone=backbone,
        views=[activations(train, backbone, view, cache) for view in range(recipe.top_views)],
        teacher=teacher,
        source=PairSource(torch.from_numpy(np.stack(views)), about, torch.from_numpy(vectors), rows, bias, recipe.seed),
        captions=captions,
        texts=[*captions, *about.texts, *corpus],
        dev_captions=[text for texts in dev.captions for text in texts],
        dev_features=torch.from_numpy(pooled_features(dev, backbone, 0, cache)).float(),
    )


def new_text_tower(material: Material, tokenizer: SimpleTokenizer, text_head: TextHead, config: dict[str, Any]) -> CLIP:
    """An open_clip model whose text tower is initialised as a bag of the teacher's word vectors."""
    model = CLIP(**copy.deepcopy(config["model_cfg"]))
    strings = [tokenizer.decode([i]).strip() or "." for i in range(tokenizer.vocab_size - 2)]
    begin_as_word_average(model, material.vectors([*strings, ".", "."]))
    sample = material.texts[::24]
    with torch.no_grad():
        fit_projection(model, tokenize(sample, tokenizer), text_head(material.vectors(sample)))
    return model


@torch.no_grad()
def head_figures(material: Material, image_head: ImageHead, text_head: TextHead) -> dict[str, Any]:
    """Flickr8k dev figures of the heads with MiniLM as the text tower."""
    captions = text_head(material.vectors(material.dev_captions)).view(len(material.dev_features), 5, -1)
    return flickr_figures(image_head(material.dev_features).numpy(), captions.numpy())


@torch.no_grad()
def tower_figures(material: Material, image_head: ImageHead, model: CLIP, tokenizer: SimpleTokenizer) -> dict[str, Any]:
    """Flickr8k dev figures of the small text tower in training."""
    table = tokenize(material.dev_captions, tokenizer)
    texts = encode_rows(model, table, np.arange(len(material.dev_captions)), parts=20)
    captions = texts.view(len(material.dev_features), 5, -1)
    return flickr_figures(image_head(material.dev_features).numpy(), captions.numpy())


def assemble(model: CLIP, backbone: Any, image_head: ImageHead) -> CLIP:
    """Copy the weights of the backbone and the picture head to where open_clip expects them."""
    trunk = copy.deepcopy(backbone)
    trunk.reset_classifier(0, global_pool="avg")
    model.visual.trunk.load_state_dict(trunk.state_dict())
    model.visual.head.mlp.load_state_dict(image_head.folded())
    with torch.no_grad():
        model.logit_scale.fill_(math.log(100))
    return model.eval()


def train(flickr8k: Path, wordnet: Path, cache: Path, sample: Path, recipe: Recipe) -> None:
    """All six steps; writes the assets and the model card to `OUT`, from where `evaluate` loads them."""
    clock = Clock()
    material = gather(flickr8k, wordnet, cache, recipe)
    clock.lap("features and teacher vectors")

    steps = Steps(cache, recipe, material.source)
    image_head, text_head = steps.run("heads", lambda: train_heads(material.source, recipe.head_epochs, recipe.seed))
    figures = {"MiniLM in the same heads": head_figures(material, image_head, text_head)}
    clock.lap("heads", figures["MiniLM in the same heads"])

    merges = cache / "merges.txt.gz"
    write_merges(train_merges([*material.captions, *material.texts], recipe.vocab_size), merges)
    tokenizer = SimpleTokenizer(str(merges), context_length=TEXT_TOWER["context_length"])
    config = configuration(tokenizer.vocab_size, TEXT_TOWER)
    with torch.no_grad():
        target = torch.cat([text_head(part.float()) for part in material.source.vectors.split(4096)]).half()
    torch.manual_seed(recipe.seed)
    model = new_text_tower(material, tokenizer, text_head, config)
    table = tokenize(material.texts, tokenizer)
    figures["word average"] = tower_figures(material, image_head, model, tokenizer)
    clock.lap("vocabulary and word average", figures["word average"])

    def distil() -> CLIP:
        distil_text_tower(model, table, target, recipe.distil_epochs, recipe.seed)
        return model

    model = steps.run("distilled", distil)
    figures["distilled"] = tower_figures(material, image_head, model, tokenizer)
    clock.lap("distillation", figures["distilled"])

    def together() -> tuple[CLIP, ImageHead]:
        train_together(model, image_head, material.source, table, target, recipe.joint_epochs, recipe.seed)
        return model, image_head

    model, image_head = steps.run("together", together)
    figures["both towers"] = tower_figures(material, image_head, model, tokenizer)
    clock.lap("both towers together", figures["both towers"])

    def tune() -> tuple[Any, ImageHead]:
        texts = encode_rows_without_gradient(model, table)
        backbone = copy.deepcopy(material.backbone)
        tune_top(backbone, image_head, material.source, material.views, texts, recipe.top_epochs, recipe.seed)
        return backbone, image_head

    backbone, image_head = steps.run("last layers", tune)
    clock.lap("last layers of the backbone")

    export(assemble(model, backbone, image_head), config, merges, OUT)
    ship_vectors(OUT)
    figures["as shipped"] = evaluate(flickr8k, sample)
    clock.lap("export and evaluation", figures["as shipped"])
    write_model_card(OUT / "README.md", figures, clock.laps, recipe, config, len(material.texts), sample)


@torch.no_grad()
def encode_rows_without_gradient(model: CLIP, table: TokenTable) -> torch.Tensor:
    """The text tower's unit vectors of all texts, ``(n, 512)`` float16."""
    return encode_rows(model, table, np.arange(len(table.lengths)), parts=400).half()


class Steps:
    """Steps whose results are kept in the cache, by recipe; each draws from a generator of its own."""

    def __init__(self, cache: Path, recipe: Recipe, source: PairSource) -> None:
        self._cache, self._source, self._seed = cache, source, recipe.seed
        self._key = hashlib.sha256(repr(recipe).encode()).hexdigest()[:12]

    def run(self, name: str, work: Callable[[], T]) -> T:
        """The result of `work`, computed now or by an earlier run of the same recipe."""
        path = self._cache / f"{name.replace(' ', '-')}-{self._key}.pt"
        if path.is_file():
            return torch.load(path, weights_only=False)
        self._source.random = np.random.default_rng([self._seed, *name.encode()])
        made = work()
        torch.save(made, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
        return made


class Clock:
    """Seconds of each step, printed when it ends."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str, figures: dict[str, Any] | None = None) -> None:
        """End the step `name`."""
        now = time.monotonic()
        self.laps[name] = now - self._last
        self._last = now
        print(f"{name}: {self.laps[name]:.0f} s {figures or ''}", flush=True)


def main() -> None:
    """Parse the paths and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flickr8k", type=Path, default=Path("../shared/flickr8k"))
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--cache", type=Path, default=Path("training/cache"))
    parser.add_argument("--sample", type=Path, default=Path("assets/sample/corpus"))
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}", flush=True)
    train(
        arguments.flickr8k,
        arguments.wordnet,
        arguments.cache,
        arguments.sample,
        Recipe(seed=arguments.seed),
    )


if __name__ == "__main__":
    main()
