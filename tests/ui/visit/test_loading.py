"""Loading a corpus: encoded, with thumbnails, and the uploads deleted."""

from __future__ import annotations

import gradio.utils
import numpy as np

from modgap.corpus import SafeDecoder
from modgap.ui.visit.loading import load_files
from modgap.ui.visit.model import SharedEncoder


def uploaded(tmp_path, monkeypatch, files):
    """The files as uploads: each in a folder of its own below the folder of uploads."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    paths = [tmp_path / "uploads" / f"hash-{place}" / file.name for place, file in enumerate(files)]
    for path, file in zip(paths, files, strict=True):
        path.parent.mkdir(parents=True)
        path.write_bytes(file.read_bytes())
    assert gradio.utils.get_upload_folder() == str(tmp_path / "uploads")
    return paths


def test_uploads_are_encoded_and_deleted_and_the_corpus_keeps_no_folder(tmp_path, monkeypatch, mixed_files, toy_class):
    paths = uploaded(tmp_path, monkeypatch, mixed_files)
    stages = []
    with SafeDecoder() as decoder:
        loaded = load_files(paths, SharedEncoder(toy_class), decoder, lambda stage, *_: stages.append(stage))

    assert loaded.collection.counts == {"text": 3, "image": 3}
    assert len(loaded.thumbnails) == 3
    assert loaded.collection.corpus.unpacked == ()
    assert not loaded.sample
    assert stages[0] == "Waking the model"
    assert not any(path.exists() for path in paths)


def test_vectors_need_no_encoder(tmp_path):
    np.savez(tmp_path / "v.npz", ids=["a", "b"], modality=["text", "image"], vectors=np.eye(2, dtype=np.float32))

    def fail():
        raise AssertionError("the model was loaded")

    with SafeDecoder() as decoder:
        loaded = load_files([tmp_path / "v.npz"], SharedEncoder(fail), decoder, lambda *_: None)

    assert loaded.collection.encoder is None
    assert loaded.thumbnails == {}
