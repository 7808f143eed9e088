"""Decoding in a process apart: the same pictures, and hangs and deaths stay there."""

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modgap.corpus import Limits, SafeDecoder, open_picture
from modgap.corpus.pictures import thumbnail
from modgap.errors import PictureError


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "grün & \udce9 .jpg" if os.name == "posix" else tmp_path / "grün.jpg"
    Image.radial_gradient("L").convert("RGB").save(path)
    return path


def test_pictures_are_the_same_as_in_this_process(picture: Path) -> None:
    with SafeDecoder(workers=1) as decoder:
        assert np.array_equal(decoder.open_picture(picture), open_picture(picture))
        assert decoder.open_picture(picture, decode_side=64).size == (64, 64)
        assert thumbnail(picture, 32, decoder.open_picture).size == (32, 32)


def test_reasons_and_limits_pass_through(tmp_path: Path, picture: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    with SafeDecoder(Limits(pixels=100), workers=1) as decoder:
        with pytest.raises(PictureError, match="limit pixels: 100"):
            decoder.open_picture(picture)
        with pytest.raises(PictureError, match="cannot be decoded"):
            decoder.open_picture(tmp_path / "broken.jpg")
        with pytest.raises(PictureError, match="is not there"):
            decoder.open_picture(tmp_path / "gone.jpg")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_decoder_that_hangs_is_ended_in_time_and_replaced(tmp_path: Path, picture: Path) -> None:
    os.mkfifo(tmp_path / "hangs.jpg")  # opening it waits for a writer who never comes
    with SafeDecoder(Limits(picture_seconds=0.5), workers=1) as decoder:
        decoder.open_picture(picture)
        began = time.monotonic()
        with pytest.raises(PictureError, match=r"too long.*limit picture_seconds: 0\.5"):
            decoder.open_picture(tmp_path / "hangs.jpg")
        assert time.monotonic() - began < 10
        assert decoder.open_picture(picture).size == (256, 256)


def test_a_decoder_that_dies_costs_one_picture(picture: Path) -> None:
    with SafeDecoder(workers=1) as decoder:
        decoder.open_picture(picture)
        decoder._workers[0]._process.kill()
        decoder._workers[0]._process.wait()
        assert decoder.open_picture(picture).size == (256, 256)  # dead before it was asked: started again


def test_a_decoder_that_dies_at_work_is_reported(tmp_path: Path, picture: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("the system has no named pipes")
    os.mkfifo(tmp_path / "dies.jpg")
    with SafeDecoder(workers=1) as decoder:
        decoder.open_picture(picture)
        threading.Timer(0.3, decoder._workers[0]._process.kill).start()
        with pytest.raises(PictureError, match="ends the program that reads it"):
            decoder.open_picture(tmp_path / "dies.jpg")
        assert decoder.open_picture(picture).size == (256, 256)


@pytest.mark.skipif(os.name != "posix", reason="memory can be bounded on POSIX only")
def test_a_picture_that_needs_too_much_memory_is_refused(tmp_path: Path, picture: Path) -> None:
    Image.new("RGB", (7_000, 7_000)).save(tmp_path / "large.png")
    with SafeDecoder(Limits(decoder_bytes=250_000_000), workers=1) as decoder:
        with pytest.raises(PictureError, match="memory"):
            decoder.open_picture(tmp_path / "large.png")
        assert decoder.open_picture(picture).size == (256, 256)


def test_threads_share_the_decoder(picture: Path) -> None:
    sizes = []
    with SafeDecoder(workers=2) as decoder:
        threads = [threading.Thread(target=lambda: sizes.append(decoder.open_picture(picture).size)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sizes == [(256, 256)] * 6
