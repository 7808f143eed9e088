"""Archives: read like the folder that they hold; what is made to do harm is refused in words."""

import gc
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from modgap.corpus import Limits, read_corpus
from modgap.corpus.zip_directory import directory_bytes
from modgap.errors import CorpusError


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """A .zip of {name: bytes}, and of entries given whole."""

    def packed(members: dict[str, bytes], *entries: tuple[zipfile.ZipInfo, bytes]) -> Path:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
            for info, data in entries:
                archive.writestr(info, data)
        return path

    return packed


def reasons(corpus) -> dict[str, str]:
    return {each.id: each.reason for each in corpus.skipped}


GOOD = {"good.txt": b"A quiet harbour at dusk."}


def test_a_zip_is_read_as_the_folder_that_it_holds(pack, folder: Path) -> None:
    members = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    corpus = read_corpus(pack({**members, "__MACOSX/._x.jpg": b"junk", "sub/.DS_Store": b"junk"}))
    plain = read_corpus(folder)
    assert {i.id: i.modality for i in corpus.items} == {i.id: i.modality for i in plain.items}
    assert reasons(corpus) == reasons(plain)


def test_the_unpacked_files_live_as_long_as_the_corpus(pack, tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "p.png")
    corpus = read_corpus(pack({"p.png": (tmp_path / "p.png").read_bytes()}))
    path = corpus.items[0].path
    assert path.is_file()
    del corpus
    gc.collect()
    assert not path.exists()
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../outside.txt", "leads out of the archive"),
        ("sub/../../outside.txt", "leads out of the archive"),
        ("..\\outside.txt", "leads out of the archive"),
        ("/etc/passwd", "absolute name"),
        ("C:\\windows\\x.txt", "absolute name"),
        ("inner.zip", r"archive inside an archive \(limit archive_nesting: 1\)"),
    ],
)
def test_names_that_lead_out_and_archives_inside_are_refused(pack, tmp_path: Path, name: str, reason: str) -> None:
    inner = tmp_path / "inner"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("deep.txt", "deep")
    data = inner.read_bytes() if name == "inner.zip" else b"harm"
    before = set(tmp_path.parent.rglob("*"))
    corpus = read_corpus(pack({**GOOD, name: data}))
    assert [item.id for item in corpus.items] == ["good.txt"]
    with pytest.raises(CorpusError, match=reason):
        raise CorpusError(next(iter(reasons(corpus).values())))
    assert {p.name for p in set(tmp_path.parent.rglob("*")) - before} == {"a.zip"}


def test_an_archive_inside_is_read_where_the_limit_allows(pack, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("deep.txt", "deep")
    corpus = read_corpus(pack({**GOOD, "in.zip": inner.read_bytes()}), limits=Limits(archive_nesting=2))
    assert [item.id for item in corpus.items] == ["good.txt", "in.zip/deep.txt"]


def test_links_and_locked_entries_are_refused(pack) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = pack(GOOD, (link, b"/etc/passwd"))
    assert reasons(read_corpus(path)) == {"link.txt": "is a link, which is not followed"}
    data = bytearray(pack({"good.txt": b"x y", "locked.txt": b"abc"}).read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag of encryption in the last entry of the directory
    path.write_bytes(data)
    assert "password" in reasons(read_corpus(path))["locked.txt"]


def test_an_archive_bomb_is_refused_by_its_ratio(pack) -> None:
    corpus = read_corpus(pack({**GOOD, "bomb.txt": b"a" * 30_000_000}))
    assert [item.id for item in corpus.items] == ["good.txt"]
    assert "limit archive_ratio: 200" in reasons(corpus)["bomb.txt"]


def test_bytes_are_counted_and_not_believed(pack) -> None:
    """The directory says that the entry unpacks to 10 bytes."""
    path = pack({"bomb.txt": b"a" * 3_000_000})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(CorpusError, match=r"bomb\.txt (unpacks|cannot be unpacked)"):
        read_corpus(path)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(archive_members=3), r"too many entries .limit archive_members: 3"),
        (Limits(archive_bytes=1_000), r"unpacks to too much .limit archive_bytes: 1,000"),
        (Limits(files=3), r"too many files .limit files: 3"),
        (Limits(total_bytes=1_000), r"too large .limit total_bytes: 1,000"),
        (Limits(items=3), r"too many items .limit items: 3"),
        (Limits(file_bytes=200), r"unpacks to too much .limit file_bytes: 200"),
    ],
)
def test_limits_on_the_whole_archive_are_named(pack, limits: Limits, message: str) -> None:
    path = pack({f"{i}.txt": f"{i} ".encode() * 200 for i in range(5)})
    with pytest.raises(CorpusError, match=message):
        read_corpus(path, limits=limits)


def test_damaged_archives_are_refused_and_damaged_entries_skipped(pack, tmp_path: Path) -> None:
    path = pack({**GOOD, "noise.txt": bytes(range(32, 127)) * 50})
    data = path.read_bytes()
    (tmp_path / "half.zip").write_bytes(data[: len(data) // 2])
    with pytest.raises(CorpusError, match=r"half\.zip.*damaged"):
        read_corpus(tmp_path / "half.zip")
    at = data.index(b"noise.txt") + 20
    path.write_bytes(data[:at] + b"\xff\xff\xff" + data[at + 3 :])
    corpus = read_corpus(path)
    assert [item.id for item in corpus.items] == ["good.txt"]
    assert "cannot be unpacked" in reasons(corpus)["noise.txt"]


def test_an_entry_that_is_there_twice_is_read_once(pack) -> None:
    path = pack({})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("a.txt", "first")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.txt", "second")
    corpus = read_corpus(path)
    assert [item.text for item in corpus.items] == ["first"]
    assert "more than once" in reasons(corpus)["a.txt"]


def test_a_directory_of_a_million_entries_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    """100,000 entries of a few bytes each against a limit of 100."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("good.txt", "A harbour.")
    data = (tmp_path / "a.zip").read_bytes()
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    record = bytearray(data[end:])
    record[12:16] = (len(entry) * 100_000).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data[:start] + entry * 100_000 + record)
    with pytest.raises(CorpusError, match=r"too many entries .limit archive_members: 100"):
        read_corpus(tmp_path / "a.zip", limits=Limits(archive_members=100))


def test_a_large_archive_of_the_64_bit_kind_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(66_000):
            archive.writestr(f".{number}", "")
        archive.writestr("good.txt", "A harbour.")
    assert directory_bytes(tmp_path / "a.zip") > 66_000 * 46
    assert [item.id for item in read_corpus(tmp_path / "a.zip").items] == ["good.txt"]
