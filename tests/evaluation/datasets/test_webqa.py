"""WebQA in its official layout."""

import base64
from pathlib import Path

import pytest
from PIL import Image

from modgap.errors import CorpusError
from modgap.evaluation.datasets import load_dataset


@pytest.fixture
def webqa(tmp_path: Path, png, lines) -> Path:
    def facts(kind: str, names: list) -> list[dict]:
        key, words = ("snippet_id", "fact") if kind == "txt" else ("image_id", "caption")
        return [{key: name, words: f'"{name} words"'} for name in names]

    rows = {
        "g1": {
            "Q": ' "what is it?" ',
            "split": "val",
            "txt_posFacts": facts("txt", ["s1"]),
            "txt_negFacts": facts("txt", ["s2"]),
        },
        "g2": {
            "Q": "which?",
            "split": "val",
            "img_posFacts": facts("img", [30000000]),
            "img_negFacts": facts("img", [30000001]),
        },
        "g3": {"Q": "train?", "split": "train", "txt_posFacts": facts("txt", ["s9"])},
    }
    lines(tmp_path / "WebQA_train_val.json", [rows])
    first = b"30000000\t" + base64.b64encode(png) + b"\n"
    (tmp_path / "imgs.tsv").write_bytes(first + b"30000001\t" + base64.b64encode(png) + b"\n")
    (tmp_path / "imgs.lineidx").write_text(f"0\n{len(first)}\n")
    return tmp_path


def test_webqa_seeks_its_pictures(webqa: Path, ids, labels) -> None:
    dataset = load_dataset("webqa", webqa)
    captions = {"30000000#text": "text", "30000001#text": "text"}
    assert ids(dataset) == {"s1": "text", "s2": "text", "30000000": "image", "30000001": "image", **captions}
    assert labels(dataset) == {"g1": {"s1": 1}, "g2": {"30000000": 1}}
    assert dataset.queries.queries[0].text == "what is it?"
    assert dataset.corpus.items[0].text == "s1 words"
    assert dataset.corpus.items[2].caption == "30000000 words"
    with Image.open(dataset.corpus.items[2].path) as opened:
        assert opened.size == (8, 8)


def test_webqa_half_downloaded_counts_what_is_cut_off(webqa: Path, ids) -> None:
    whole = (webqa / "imgs.tsv").read_bytes()
    (webqa / "imgs.tsv").write_bytes(whole[:-30])
    dataset = load_dataset("webqa", webqa)
    assert "30000001" not in ids(dataset)
    assert any("1 pictures are cut off or missing in imgs.tsv" in note for note in dataset.notes)
    (webqa / "imgs.lineidx").write_text("0\n")
    assert any("beyond the end of imgs.lineidx" in note for note in load_dataset("webqa", webqa).notes)
    (webqa / "imgs.lineidx").write_text("zero\n")
    with pytest.raises(CorpusError, match="one number per line"):
        load_dataset("webqa", webqa)


def test_webqa_takes_the_labels_of_univl_dr(webqa: Path, lines, labels) -> None:
    lines(webqa / "test_qrels.txt", ["g1\ts2\t1", "g2\t30000001\t1", "g9\ts2\t1"])
    lines(webqa / "dev_qrels.txt", ["g3\ts9\t1"])  # its dev is drawn from the official train
    dataset = load_dataset("webqa", webqa)
    assert labels(dataset) == {"g1": {"s2": 1}, "g2": {"30000001": 1}}
    assert any("1 labels are of a query that is not there and were left out (first: g9)" in n for n in dataset.notes)
    assert labels(load_dataset("webqa", webqa, split="train")) == {"g3": {"s9": 1}}
    lines(webqa / "test_qrels.txt", ["g1\ts2"])
    with pytest.raises(CorpusError, match=r"test_qrels\.txt:1"):
        load_dataset("webqa", webqa)
