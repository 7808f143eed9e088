"""The hash of a file is that of its bytes, however many blocks they are read in."""

import hashlib
from pathlib import Path

import pytest

from modgap.io import file_hash
from modgap.io.file_hash import file_sha256


def test_the_hash_is_that_of_prefix_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"abcdefgh")
    monkeypatch.setattr(file_hash, "_BLOCK", 3)
    assert file_sha256(tmp_path / "a") == hashlib.sha256(b"abcdefgh").digest()
    assert file_sha256(tmp_path / "a", prefix=b"x\0") == hashlib.sha256(b"x\0abcdefgh").digest()
    with pytest.raises(OSError, match="gone"):
        file_sha256(tmp_path / "gone")
