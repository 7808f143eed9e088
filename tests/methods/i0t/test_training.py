"""Training: it learns, it repeats, it goes on where it was stopped, and it refuses what cannot be learnt from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from modgap.errors import CalibrationError, VectorError
from modgap.items import Modality
from modgap.methods.i0t import Normalisers
from modgap.methods.i0t.training import TrainingSettings, train
from modgap.metrics.gap import centroid_distance

QUICK = TrainingSettings(rounds=4, batch=64, patience=9)


def same(a: Normalisers, b: Normalisers) -> bool:
    others = b.arrays()
    return all(np.array_equal(array, others[name]) for name, array in a.arrays().items())


@pytest.mark.parametrize("settings", [QUICK, replace(QUICK, joint=True), replace(QUICK, dropout=0.1)])
def test_training_lowers_the_held_out_loss_and_the_gap(paired, settings) -> None:
    images, texts = paired
    trained = train(images, texts, settings)

    assert trained.rounds[trained.best].loss < trained.rounds[0].loss
    before = centroid_distance(images, texts)
    n = trained.normalisers
    assert centroid_distance(n.image(images), n.text(texts)) < before / 2


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(paired) -> None:
    first, second = train(*paired, QUICK), train(*paired, QUICK)
    assert same(first.normalisers, second.normalisers)
    assert not same(first.normalisers, train(*paired, replace(QUICK, seed=1)).normalisers)


def test_in_turns_and_at_once_differ(paired) -> None:
    assert not same(train(*paired, QUICK).normalisers, train(*paired, replace(QUICK, joint=True)).normalisers)


class StoppedError(Exception):
    pass


@pytest.mark.parametrize("joint", [False, True])
def test_a_stopped_run_goes_on_and_ends_with_the_same_weights(paired, tmp_path: Path, joint: bool) -> None:
    settings, checkpoint = replace(QUICK, joint=joint, dropout=0.1), tmp_path / "run.part"
    whole = train(*paired, settings)

    def stop(stage: str, done: int, total: int) -> None:
        if done == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        train(*paired, settings, checkpoint=checkpoint, progress=stop)
    seen: list[int] = []
    later = train(*paired, settings, checkpoint=checkpoint, progress=lambda _, done, total: seen.append(done))

    assert seen == [3, 4]
    assert same(later.normalisers, whole.normalisers)
    assert later.rounds == whole.rounds
    assert not checkpoint.exists()


def test_it_stops_early_when_the_loss_does_not_fall(paired) -> None:
    trained = train(*paired, replace(QUICK, rounds=30, rate=50.0, patience=2))
    assert trained.stopped_early
    assert len(trained.rounds) == trained.best + 3


def test_one_item_is_normalised_as_among_all(paired) -> None:
    images, texts = paired
    normaliser = train(images, texts, QUICK).normalisers.for_modality(Modality.IMAGE)
    assert normaliser(images[:1]) == pytest.approx(normaliser(images)[:1], abs=1e-6)


def test_pairs_that_cannot_be_learnt_from_are_refused(paired) -> None:
    images, texts = paired
    with pytest.raises(CalibrationError, match="no texts"):
        train(images, np.empty((0, 16)))
    with pytest.raises(CalibrationError, match="300 pictures of 16 dimensions and 299 texts"):
        train(images, texts[:299])
    with pytest.raises(CalibrationError, match="31 pairs, and I0T_async learns from 32"):
        train(images[:31], texts[:31])
    constant = images.copy()
    constant[:, 4] = 0
    with pytest.raises(CalibrationError, match="Dimension 4 of the pictures is the same in all 300"):
        train(constant, texts)
    with pytest.raises(VectorError, match="not finite"):
        train(np.where(np.arange(16) == 3, np.nan, images), texts)
    with pytest.raises(CalibrationError, match=r"share of 0.99 leaves fewer than 2 of the 40 pairs"):
        train(images[:40], texts[:40], TrainingSettings(held_out=0.99))
    with pytest.raises(CalibrationError, match="batch of 1 has no spread"):
        TrainingSettings(batch=1)
    with pytest.raises(CalibrationError, match="0 or more, not -1"):
        TrainingSettings(seed=-1)
    for rate in (0, -1, np.nan, np.inf):
        with pytest.raises(CalibrationError, match="finite rate above 0"):
            TrainingSettings(rate=rate)


def test_a_training_that_diverges_ends_in_a_sentence_and_not_in_weights(paired) -> None:
    with pytest.raises(CalibrationError, match=r"diverged in round 1: .* Take a lower rate than 1e\+38"):
        train(*paired, replace(QUICK, rate=1e38))


def test_a_last_batch_of_one_is_passed_over(paired) -> None:
    images, texts = paired  # 60 learn, 59 in the first batch
    assert train(images[:68], texts[:68], replace(QUICK, batch=59)).pairs == 68


def test_a_checkpoint_of_other_settings_or_a_damaged_one_is_refused(paired, tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.part"

    def stop(stage: str, done: int, total: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        train(*paired, QUICK, checkpoint=checkpoint, progress=stop)
    with pytest.raises(CalibrationError, match="other pairs or settings"):
        train(*paired, replace(QUICK, rate=1.0), checkpoint=checkpoint)
    checkpoint.write_bytes(checkpoint.read_bytes()[:100])
    with pytest.raises(CalibrationError, match=r"run\.part is damaged"):
        train(*paired, QUICK, checkpoint=checkpoint)


def test_a_checkpoint_that_cannot_be_written_is_named(paired, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"w\.part cannot be written"):
        train(*paired, QUICK, checkpoint=tmp_path / "file" / "w.part")


@pytest.mark.gpu
def test_cuda_learns_about_the_same(paired) -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    here, there = train(*paired, QUICK), train(*paired, QUICK, device="cuda")
    assert there.rounds[-1].loss == pytest.approx(here.rounds[-1].loss, rel=1e-2)
