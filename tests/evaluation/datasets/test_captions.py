"""Captioned pictures as a mixed set: Flickr8k and COCO."""

import io
import tarfile
from pathlib import Path

import pytest

from modgap.errors import CorpusError
from modgap.evaluation.datasets import load_dataset


@pytest.fixture
def flickr(tmp_path: Path, picture) -> Path:
    rows = ["image\tidx\tcaption"]
    for name in "abcdef":
        picture(tmp_path / "images" / f"{name}.jpg")
        rows += [f"{name}.jpg\t1\tsecond of {name}", f"{name}.jpg\t0\tfirst of {name}"]
    (tmp_path / "captions.tsv").write_text("\n".join([*rows, "broken"]), encoding="utf-8")
    return tmp_path


def test_flickr8k_keeps_half_of_the_pictures_by_seed(flickr: Path, ids) -> None:
    dataset = load_dataset("flickr8k", flickr)
    assert dataset.corpus.counts == {"text": 3, "image": 3}
    assert {query.text for query in dataset.queries.queries} == {f"first of {name}" for name in "abcdef"}
    for query in dataset.queries.queries:
        [document] = query.relevant
        item = next(each for each in dataset.corpus.items if each.id == document)
        assert item.id.removesuffix("#1") == query.id
        assert item.text in (None, f"second of {query.id[0]}")
    assert ids(load_dataset("flickr8k", flickr)) == ids(dataset)
    assert any(ids(load_dataset("flickr8k", flickr, seed=seed)) != ids(dataset) for seed in (1, 2, 3))
    said = " ".join(dataset.notes)
    for words in ("hold 6 pictures of dev, and 1,000", "No Flickr_8k.devImages.txt", "1 rows of captions.tsv are not"):
        assert words in said
    assert load_dataset("flickr8k", flickr, swap=1.0).corpus.counts == {"text": 6, "image": 0}
    assert len(load_dataset("flickr8k", flickr, limit=2).queries) == 2


def test_a_draw_of_queries_does_not_follow_the_choice_of_pictures(tmp_path: Path, picture, lines, ids, labels) -> None:
    names = [f"{i:03}.jpg" for i in range(100)]
    lines(tmp_path / "captions.tsv", ["image\tidx\tcaption", *(f"{n}\t{i}\t{n} {i}" for n in names for i in (0, 1))])
    for name in names:
        picture(tmp_path / "images" / name)
    drawn = load_dataset("flickr8k", tmp_path, limit=50)
    wanted = [ids(drawn)[next(iter(right))] for right in labels(drawn).values()]
    assert 15 < wanted.count("image") < 35


def test_flickr8k_reads_the_official_token_file_and_split(tmp_path: Path, picture, lines, labels) -> None:
    text = tmp_path / "Flickr8k_text"
    lines(tmp_path / "Flickr_8k.testImages.txt", ["b.jpg"])  # another split's, and not beside the captions
    lines(text / "Flickr8k.token.txt", [f"{n}.jpg#{i}\tcaption {i} of {n}" for n in "abc" for i in range(5)])
    lines(text / "Flickr_8k.devImages.txt", ["a.jpg", "c.jpg", "gone.jpg"])
    for name in "abc":
        picture(tmp_path / "Flicker8k_Dataset" / f"{name}.jpg")
    dataset = load_dataset("flickr8k", tmp_path)
    assert labels(dataset).keys() == {"a.jpg", "c.jpg"}
    assert "1 pictures of dev have no captions and were left out (first: gone.jpg)." in dataset.notes
    assert not any("No Flickr_8k" in note for note in dataset.notes)


def test_flickr8k_unpacks_an_archive_that_is_not_trusted(tmp_path: Path, png, lines) -> None:
    lines(
        tmp_path / "captions_dev.tsv",
        ["image\tidx\tcaption", *(f"{n}.jpg\t{i}\tx{n}{i}" for n in "ab" for i in (0, 1))],
    )
    with tarfile.open(tmp_path / "dev.tar", "w") as archive:
        for name in ("a.jpg", "../../b.jpg", "c.jpg"):
            info = tarfile.TarInfo(name)
            info.size = len(png)
            archive.addfile(info, io.BytesIO(png))
        link = tarfile.TarInfo("evil.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    dataset = load_dataset("flickr8k", tmp_path, swap=0.0)
    folder = Path(dataset.corpus.items[0].path).parent
    assert sorted(each.name for each in folder.iterdir()) == ["a.jpg", "b.jpg"]
    (tmp_path / "dev.tar").write_bytes((tmp_path / "dev.tar").read_bytes()[:700])
    cut = load_dataset("flickr8k", tmp_path)
    assert any("could not be read to their end" in note for note in cut.notes)


def test_missing_pictures_are_counted_and_their_queries_left_out(flickr: Path) -> None:
    (flickr / "images" / "a.jpg").unlink()
    dataset = load_dataset("flickr8k", flickr, swap=0.0)
    assert dataset.corpus.counts["image"] == 5
    assert any("1 pictures are not there and were left out (first: a.jpg)" in note for note in dataset.notes)
    assert any("1 queries have no relevant document and were left out (first: a.jpg)" in n for n in dataset.notes)


def test_a_picture_that_no_file_can_be_called_is_missing(flickr: Path) -> None:
    table = flickr / "captions.tsv"
    long = "\n".join(f"{'x' * 9000}\t{i}\ta caption" for i in (0, 1))
    table.write_text(f"{table.read_text(encoding='utf-8')}\n{long}", encoding="utf-8")
    notes = load_dataset("flickr8k", flickr, swap=0.0).notes
    assert any("1 pictures are not there and were left out" in note for note in notes)


def test_coco_reads_the_official_captions_and_karpathys(tmp_path: Path, picture, lines) -> None:
    images = [{"id": i, "file_name": f"{i:03}.jpg"} for i in range(4)]
    captions = [{"id": 10 * i + c, "image_id": i, "caption": f"{i} {c}"} for i in range(4) for c in (0, 1)]
    document = {"images": images, "annotations": [*captions, {"id": 99, "image_id": 77, "caption": "of nothing"}]}
    lines(tmp_path / "annotations" / "captions_val2017.json", [document])
    for i in range(4):
        picture(tmp_path / "val2017" / f"{i:03}.jpg")
    dataset = load_dataset("coco", tmp_path)
    assert dataset.corpus.counts == {"text": 2, "image": 2}
    assert any("hold 4 pictures of val, and 5,000 are documented" in note for note in dataset.notes)
    assert any("1 captions are of a picture that is not listed" in note for note in dataset.notes)
    rows = [
        {"split": "test", "filepath": "val2017", "filename": f"{i:03}.jpg", "sentences": [{"raw": "x"}, {"raw": "y"}]}
        for i in range(2)
    ]
    lines(tmp_path / "dataset_coco.json", [{"images": rows}])
    assert len(load_dataset("coco", tmp_path, split="test").queries) == 2
    lines(tmp_path / "dataset_coco.json", [{"images": [{"split": "test"}]}])
    with pytest.raises(CorpusError, match="not in the layout of COCO"):
        load_dataset("coco", tmp_path, split="test")


def test_an_empty_split_is_an_error_that_says_why(flickr: Path) -> None:
    (flickr / "captions.tsv").write_text("image\tidx\tcaption\n")
    with pytest.raises(CorpusError, match="Flickr8k dev has no document"):
        load_dataset("flickr8k", flickr)
    (flickr / "captions.tsv").write_text("name\twords\n")
    with pytest.raises(CorpusError, match=r"captions\.tsv:1 must name the columns"):
        load_dataset("flickr8k", flickr)
