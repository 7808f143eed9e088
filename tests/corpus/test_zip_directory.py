"""The size of a zip's directory, read without parsing it."""

import zipfile
from pathlib import Path

import pytest

from modgap.corpus.zip_directory import check_directory, directory_bytes
from modgap.errors import CorpusError


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("a.txt", "bc.txt"):
            archive.writestr(name, "x")
    return tmp_path / "a.zip"


def test_an_entry_takes_46_bytes_and_its_name(archive: Path) -> None:
    assert directory_bytes(archive) == (46 + 5) + (46 + 6)


def test_a_claim_is_no_larger_than_the_file(archive: Path) -> None:
    data = bytearray(archive.read_bytes())
    end = data.index(b"PK\x05\x06")
    data[end + 12 : end + 16] = (10**9).to_bytes(4, "little")
    archive.write_bytes(data)
    assert directory_bytes(archive) == len(data)


def test_a_file_without_an_end_record_has_no_directory(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x05\x06 cut short")
    assert directory_bytes(tmp_path / "a.zip") == 0


def test_500_bytes_are_allowed_for_each_entry(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_directory(archive, 1, "limit x: 1")
    monkeypatch.setattr("modgap.corpus.zip_directory.MAX_ENTRY_BYTES", 102)
    with pytest.raises(CorpusError, match=r"too many entries \(limit x: 1\)"):
        check_directory(archive, 1, "limit x: 1")
