"""Training of I0T_async (arXiv 2412.14384): the encoders are frozen, a batch normalisation for each of them learns.

The embeddings are computed before, so an epoch is a few products of (batch, d) matrices: seconds on a CPU.

From the paper and its code: BatchNorm1d on the unit vectors, unit length again, CLIP loss + 0.25 in-modal + 0.25
cross-modal cyclic loss, AdamW with weight decay 0.01, warm-up and cosine, batches of 128, and that asynchronous
training beats joint training. A reconstruction: *asynchronous* here means that the two normalisers take turns,
an epoch each; the one that rests is in evaluation mode, with its running statistics. The paper's learning rate of 1e-6
follows a fine-tuning of the encoders and hardly moves the layers. Here it is the rate with the best retrieval on pairs
that were held out (`benchmarks/quality/i0t_async.py --rates`), and not the one with the lowest loss: at a scale of 100
the CLIP loss keeps falling while the gap opens again, which arXiv 2203.02053 saw in CLIP itself.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.methods.i0t.checkpoint import Checkpoint
from modgap.methods.i0t.losses import i0t_loss
from modgap.methods.i0t.normaliser import EPS, Normaliser, Normalisers
from modgap.methods.i0t.pairs import checked_pairs
from modgap.metrics.gap import centroid_distance
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

if TYPE_CHECKING:
    import torch

SIDES = (Modality.IMAGE, Modality.TEXT)


@dataclass(frozen=True)
class TrainingSettings:
    """How to train. The same settings and pairs give the same weights on one machine.

    rounds: at most; in a round each normaliser learns for one epoch. patience: rounds without a better held-out loss
    before it stops. batch: pairs, 2 or more. rate: learning rate of AdamW. dropout: share of the numbers that are
    zeroed in the two views of each pair (0: one view, no dropout). joint: both learn at once, the paper's ablation.
    held_out: share of the pairs that measure the loss and never train.
    """

    rounds: int = 15
    patience: int = 3
    batch: int = 128
    rate: float = 3e-3
    decay: float = 1e-2
    warm_up: int = 20
    dropout: float = 0.0
    joint: bool = False
    held_out: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.batch < 2:
            raise CalibrationError(f"A batch of {self.batch} has no spread to normalise by: use 2 or more (128).")
        if self.rounds < 1 or not 0 <= self.dropout < 1 or not 0 < self.held_out < 1 or not 0 < self.rate < math.inf:
            raise CalibrationError(
                "Training takes rounds of 1 or more, a finite rate above 0, dropout from 0 to below 1, and a held-out "
                "share between 0 and 1."
            )
        if self.seed < 0:
            raise CalibrationError(f"A seed is a whole number of 0 or more, not {self.seed}.")


@dataclass(frozen=True)
class Round:
    """The result of a round on held-out pairs: loss (nats) and centroid distance."""

    loss: float
    gap: float


@dataclass(frozen=True)
class Trained:
    """The normalisers of the best round, and the course of the training. stopped_early: before the last round."""

    normalisers: Normalisers
    rounds: list[Round]
    best: int
    pairs: int
    stopped_early: bool


def train(
    images: ArrayLike,
    texts: ArrayLike,
    settings: TrainingSettings | None = None,
    *,
    model: str = "",
    origin: str = "given pairs",
    checkpoint: Path | None = None,
    device: str = "cpu",
    progress: Progress = silent,
) -> Trained:
    """Learn normalisers from pairs: pictures (p, d) and texts (p, d), row i of one belonging to row i of the other.

    checkpoint: where each finished round is kept; a run that was stopped continues from it and ends with the
        same weights, and a finished run removes it. device: "cpu" or "cuda".
    Raises CalibrationError for pairs that cannot be learnt from (`checked_pairs`), a training that diverges, and a
    checkpoint of other pairs or settings.
    """
    settings = settings or TrainingSettings()
    x, y = checked_pairs(images, texts)
    run = _Run(x, y, settings, device)
    kept = Checkpoint(checkpoint, run.identity()) if checkpoint is not None else None
    rounds, best = run.restore(kept)
    while len(rounds) < settings.rounds and len(rounds) - 1 - best < settings.patience:
        run.learn(len(rounds))
        rounds.append(run.measure())
        if not math.isfinite(rounds[-1].loss):
            raise CalibrationError(
                f"Training diverged in round {len(rounds)}: its loss is not a number. Take a lower rate than "
                f"{settings.rate:g}, such as {TrainingSettings.rate:g}."
            )
        if rounds[-1].loss < rounds[best].loss or len(rounds) == 1:
            best = len(rounds) - 1
            run.keep_best()
        if kept is not None:
            kept.write(run.tensors(), {"rounds": [asdict(each) for each in rounds], "best": best})
        now = rounds[-1]
        progress(f"Training, loss {now.loss:.3f}, gap {now.gap:.3f}", len(rounds), settings.rounds)
    if kept is not None:
        kept.remove()
    ways = "jointly" if settings.joint else "asynchronously"
    said = f"{x.shape[0]} {origin}, trained {ways}, {len(rounds)} rounds"
    image, text = (run.best_of(side) for side in SIDES)
    normalisers = Normalisers(image, text, model, said, {n: str(v) for n, v in asdict(settings).items()})
    return Trained(normalisers, rounds, best, x.shape[0], stopped_early=len(rounds) < settings.rounds)


class _Run:
    """Layers, optimiser and pairs of one training."""

    def __init__(self, images: Vectors, texts: Vectors, settings: TrainingSettings, device: str) -> None:
        import torch
        from torch.nn import BatchNorm1d

        self._torch = torch
        self._settings = settings
        order = np.random.default_rng(settings.seed).permutation(images.shape[0])
        held = max(8, round(settings.held_out * images.shape[0]))
        if held > images.shape[0] - 2:
            raise CalibrationError(
                f"A held-out share of {settings.held_out:g} leaves fewer than 2 of the {images.shape[0]} pairs to "
                f"learn from: take a smaller one, such as {TrainingSettings.held_out:g}."
            )
        self._sides = {s: torch.from_numpy(v).to(device) for s, v in zip(SIDES, (images, texts), strict=True)}
        self._held_out, self._learning = (torch.from_numpy(part).to(device) for part in (order[:held], order[held:]))
        self._steps = math.ceil(self._learning.numel() / settings.batch)
        self._layers = {s: BatchNorm1d(images.shape[1], eps=EPS).to(device) for s in SIDES}
        self._optimisers = {
            s: torch.optim.AdamW(self._layers[s].parameters(), lr=settings.rate, weight_decay=settings.decay)
            for s in SIDES
        }
        self._best: dict[str, torch.Tensor] = {}
        self._pairs = images, texts
        self._start()

    def identity(self) -> dict[str, str]:
        """Hash of the pairs, and the settings: a checkpoint of others is refused."""
        import hashlib

        digest = hashlib.sha256(self._pairs[0].tobytes() + self._pairs[1].tobytes()).hexdigest()[:16]
        return {"pairs": digest, **{name: str(value) for name, value in asdict(self._settings).items()}}

    def learn(self, round_: int) -> None:
        """One round: an epoch of each normaliser in turn, or of both at once."""
        for turn, learners in enumerate([SIDES] if self._settings.joint else [(side,) for side in SIDES]):
            generator = np.random.default_rng([self._settings.seed, round_, turn])
            order = self._torch.from_numpy(generator.permutation(self._learning.numel())).to(self._learning.device)
            self._torch.manual_seed(int(generator.integers(2**31)))  # of dropout
            for side in SIDES:
                self._layers[side].train(side in learners)
            for step, rows in enumerate(self._learning[order].split(self._settings.batch)):
                if rows.numel() < 2:
                    continue  # a last batch of one pair has no spread
                self._step(rows, learners, round_ * self._steps + step)
        for side in SIDES:
            self._layers[side].eval()

    def measure(self) -> Round:
        """Loss and centroid distance of the held-out pairs, in evaluation mode."""
        with self._torch.inference_mode():
            views = {s: self._normal(self._layers[s](self._sides[s][self._held_out])) for s in SIDES}
            losses = [
                i0t_loss(views[SIDES[0]][part], views[SIDES[1]][part]).item() * part.numel()
                for part in self._torch.arange(self._held_out.numel()).split(self._settings.batch)
            ]
        loss = sum(losses) / self._held_out.numel()
        return Round(loss, centroid_distance(*(views[s].cpu().numpy() for s in SIDES)))

    def keep_best(self) -> None:
        """Remember the layers as they are now."""
        self._best = {f"best.{name}": value.clone() for name, value in self._states().items()}

    def best_of(self, side: Modality) -> Normaliser:
        """The layer of the best round."""

        def number(name: str) -> Any:
            return self._best[f"best.{side.value}.{name}"].float().cpu().numpy().copy()

        return Normaliser(number("running_mean"), number("running_var"), number("weight"), number("bias"))

    def tensors(self) -> dict[str, Any]:
        """All that a later run needs to continue as this one would."""
        moments = {
            f"adam.{side.value}.{at}.{name}": value
            for side, optimiser in self._optimisers.items()
            for at, state in optimiser.state_dict()["state"].items()
            for name, value in state.items()
        }
        return {**self._states(), **self._best, **moments}

    def restore(self, kept: Checkpoint | None) -> tuple[list[Round], int]:
        """The rounds of a checkpoint, with layers and optimisers as they were; none where there is none."""
        found = kept.read() if kept is not None else None
        if found is None:
            return [], 0
        tensors, progress = found
        for side in SIDES:
            of = f"{side.value}."
            self._layers[side].load_state_dict({n[len(of) :]: v for n, v in tensors.items() if n.startswith(of)})
            optimiser, of = self._optimisers[side], f"adam.{side.value}."
            state: dict[int, dict[str, Any]] = {}
            for name, value in tensors.items():
                if name.startswith(of):
                    at, what = name[len(of) :].split(".")
                    state.setdefault(int(at), {})[what] = value
            optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
        self._best = {name: value for name, value in tensors.items() if name.startswith("best.")}
        return [Round(**each) for each in progress["rounds"]], int(progress["best"])

    def _step(self, rows: torch.Tensor, learners: tuple[Modality, ...], step: int) -> None:
        share = self._rate(step)
        for side in learners:
            for group in self._optimisers[side].param_groups:
                group["lr"] = self._settings.rate * share
            self._optimisers[side].zero_grad(set_to_none=True)
        first, second = SIDES
        views = {s: [self._normal(self._layers[s](each)) for each in self._views(self._sides[s][rows])] for s in SIDES}
        losses = [i0t_loss(x, y) for x in views[first] for y in views[second]]
        (sum(losses[1:], losses[0]) / len(losses)).backward()
        for side in learners:
            self._optimisers[side].step()

    def _views(self, vectors: torch.Tensor) -> list[torch.Tensor]:
        """The vectors, or two dropouts of them, whose four pairings are trained on."""
        share = self._settings.dropout
        return [vectors] if share == 0 else [self._torch.nn.functional.dropout(vectors, share) for _ in range(2)]

    def _rate(self, step: int) -> float:
        """Share of the learning rate: rises linearly while warming up, then falls as a cosine to 0."""
        last, warm = self._settings.rounds * self._steps, min(self._settings.warm_up, self._steps)
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, last - warm)))

    def _normal(self, vectors: torch.Tensor) -> torch.Tensor:
        return self._torch.nn.functional.normalize(vectors, dim=1)

    def _states(self) -> dict[str, torch.Tensor]:
        return {f"{s.value}.{n}": v for s in SIDES for n, v in self._layers[s].state_dict().items()}

    def _start(self) -> None:
        """Begin with the running statistics of all learning pairs, so that a layer that rests first normalises too."""
        for side in SIDES:
            vectors = self._sides[side][self._learning]
            state = {"running_mean": vectors.mean(dim=0), "running_var": vectors.var(dim=0)}
            self._layers[side].load_state_dict(state, strict=False)
