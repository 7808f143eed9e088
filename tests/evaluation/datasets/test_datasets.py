"""Each loader on a tiny set in the official layout, made here, with what is broken in it counted."""

import base64
import gzip
import io
import json
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from modgap.errors import CorpusError, ModgapError
from modgap.evaluation.datasets import DATASETS, Dataset, load_dataset
from modgap.evaluation.datasets.base import Notes, labels_of


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png())
    return path


def lines(path: Path, rows: list) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")


def ids(dataset: Dataset) -> dict[str, str]:
    return {item.id: item.modality.value for item in dataset.corpus.items}


def labels(dataset: Dataset) -> dict[str, dict[str, int]]:
    return {query.id: query.relevant for query in dataset.queries.queries}


def test_every_loader_says_what_it_needs_and_where_it_comes_from(tmp_path: Path) -> None:
    for name, loader in DATASETS.items():
        assert loader.name == name
        assert loader.needs
        assert loader.expected
        subset = "task" if name == "mbeir" else None
        with pytest.raises(CorpusError, match="comes from"):
            load_dataset(name, tmp_path, subset=subset)
    with pytest.raises(ModgapError, match=r'no data set "nope"\. Known: flickr8k'):
        load_dataset("nope", tmp_path)


@pytest.fixture
def flickr(tmp_path: Path) -> Path:
    rows = ["image\tidx\tcaption"]
    for name in "abcdef":
        picture(tmp_path / "images" / f"{name}.jpg")
        rows += [f"{name}.jpg\t1\tsecond of {name}", f"{name}.jpg\t0\tfirst of {name}"]
    (tmp_path / "captions.tsv").write_text("\n".join([*rows, "broken"]), encoding="utf-8")
    return tmp_path


def test_flickr8k_keeps_half_of_the_pictures_by_seed(flickr: Path) -> None:
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


def test_a_draw_of_queries_does_not_follow_the_choice_of_pictures(tmp_path: Path) -> None:
    names = [f"{i:03}.jpg" for i in range(100)]
    lines(tmp_path / "captions.tsv", ["image\tidx\tcaption", *(f"{n}\t{i}\t{n} {i}" for n in names for i in (0, 1))])
    for name in names:
        picture(tmp_path / "images" / name)
    drawn = load_dataset("flickr8k", tmp_path, limit=50)
    wanted = [ids(drawn)[next(iter(right))] for right in labels(drawn).values()]
    assert 15 < wanted.count("image") < 35


def test_flickr8k_reads_the_official_token_file_and_split(tmp_path: Path) -> None:
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


def test_flickr8k_unpacks_an_archive_that_is_not_trusted(tmp_path: Path) -> None:
    lines(
        tmp_path / "captions_dev.tsv",
        ["image\tidx\tcaption", *(f"{n}.jpg\t{i}\tx{n}{i}" for n in "ab" for i in (0, 1))],
    )
    with tarfile.open(tmp_path / "dev.tar", "w") as archive:
        for name in ("a.jpg", "../../b.jpg", "c.jpg"):
            info = tarfile.TarInfo(name)
            info.size = len(png())
            archive.addfile(info, io.BytesIO(png()))
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


def test_coco_reads_the_official_captions_and_karpathys(tmp_path: Path) -> None:
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
    with pytest.raises(CorpusError, match="not laid out as COCO"):
        load_dataset("coco", tmp_path, split="test")


def test_mmqa_takes_text_and_picture_questions_and_counts_a_document_once(tmp_path: Path) -> None:
    def question(qid: str, kind: str, right: list[str], **pools: list[str]) -> dict:
        context = [{"doc_id": name, "doc_part": "text"} for name in right]
        return {
            "qid": qid,
            "question": f"{qid}?",
            "metadata": {"type": kind, **pools},
            "supporting_context": context * 3,
        }

    rows = [
        question("q1", "TextQ", ["t1"], text_doc_ids=["t1", "t2"], image_doc_ids=["i1"]),
        question("q2", "ImageQ", ["i1"], text_doc_ids=["t2"], image_doc_ids=["i1", "i2"]),
        question("q3", "TableQ", ["t3"], text_doc_ids=["t3"]),
        question("q4", "TextQ", ["gone"]),
        "{broken",
    ]
    lines(tmp_path / "MMQA_dev.jsonl.gz", rows)
    lines(tmp_path / "MMQA_texts.jsonl.gz", [{"id": f"t{i}", "title": "T", "text": f"text {i}"} for i in (1, 2, 3)])
    pictures = [{"id": "i1", "title": "P", "path": "i1.jpg"}, {"id": "i2", "title": "P", "path": "../../etc/passwd"}]
    lines(tmp_path / "MMQA_images.jsonl.gz", pictures)
    picture(tmp_path / "final_dataset_images" / "i1.jpg")
    dataset = load_dataset("mmqa", tmp_path)
    assert ids(dataset) == {"t1": "text", "t2": "text", "i1": "image"}
    assert labels(dataset) == {"q1": {"t1": 1}, "q2": {"i1": 1}}
    said = " ".join(dataset.notes)
    for words in ("2 TextQ questions, and 721", "1 lines of MMQA_dev.jsonl.gz are no JSON", "1 pictures are not there"):
        assert words in said
    assert "1 queries have no relevant document" in said
    assert labels(load_dataset("mmqa", tmp_path, subset="ImageQ")).keys() == {"q2"}
    with pytest.raises(CorpusError, match="it has TextQ, ImageQ"):
        load_dataset("mmqa", tmp_path, subset="TableQ")


def test_mmqa_counts_questions_that_are_not_laid_out_as_they_should_be(tmp_path: Path) -> None:
    whole = {"qid": "q1", "question": "?", "metadata": {"type": "TextQ"}, "supporting_context": [{"doc_id": "t1"}]}
    odd = [{"qid": "q2", "metadata": []}, {**whole, "qid": "q3", "question": None}]
    odd.append({**whole, "qid": "q4", "metadata": {"type": "TextQ", "text_doc_ids": 7}, "supporting_context": 5})
    lines(tmp_path / "MMQA_dev.jsonl.gz", [whole, *odd])
    lines(tmp_path / "MMQA_texts.jsonl.gz", [{"id": "t1", "title": "T", "text": "text"}])
    lines(tmp_path / "MMQA_images.jsonl.gz", [])
    dataset = load_dataset("mmqa", tmp_path)
    assert labels(dataset) == {"q1": {"t1": 1}}
    said = " ".join(dataset.notes)
    for words in ("have no metadata and were left out (first: q2)", "have no words and were left out (first: q3)"):
        assert words in said
    assert "have no relevant document and were left out (first: q4)" in said


@pytest.fixture
def webqa(tmp_path: Path) -> Path:
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
    first = b"30000000\t" + base64.b64encode(png()) + b"\n"
    (tmp_path / "imgs.tsv").write_bytes(first + b"30000001\t" + base64.b64encode(png()) + b"\n")
    (tmp_path / "imgs.lineidx").write_text(f"0\n{len(first)}\n")
    return tmp_path


def test_webqa_seeks_its_pictures(webqa: Path) -> None:
    dataset = load_dataset("webqa", webqa)
    assert ids(dataset) == {"s1": "text", "s2": "text", "30000000": "image", "30000001": "image"}
    assert labels(dataset) == {"g1": {"s1": 1}, "g2": {"30000000": 1}}
    assert dataset.queries.queries[0].text == "what is it?"
    assert dataset.corpus.items[0].text == "s1 words"
    assert dataset.corpus.items[2].caption == "30000000 words"
    with Image.open(dataset.corpus.items[2].path) as opened:
        assert opened.size == (8, 8)


def test_webqa_half_downloaded_counts_what_is_cut_off(webqa: Path) -> None:
    whole = (webqa / "imgs.tsv").read_bytes()
    (webqa / "imgs.tsv").write_bytes(whole[:-30])
    dataset = load_dataset("webqa", webqa)
    assert "30000001" not in ids(dataset)
    assert any("1 pictures are cut off or missing in imgs.tsv" in note for note in dataset.notes)
    (webqa / "imgs.lineidx").write_text("0\n")
    assert any("beyond the end of imgs.lineidx" in note for note in load_dataset("webqa", webqa).notes)
    (webqa / "imgs.lineidx").write_text("zero\n")
    with pytest.raises(CorpusError, match="one number a line"):
        load_dataset("webqa", webqa)


def test_webqa_takes_the_labels_of_univl_dr(webqa: Path) -> None:
    lines(webqa / "test_qrels.txt", ["g1\ts2\t1", "g2\t30000001\t1", "g9\ts2\t1"])
    lines(webqa / "dev_qrels.txt", ["g3\ts9\t1"])  # its dev is drawn from the official train
    dataset = load_dataset("webqa", webqa)
    assert labels(dataset) == {"g1": {"s2": 1}, "g2": {"30000001": 1}}
    assert any("1 labels are of a query that is not there and were left out (first: g9)" in n for n in dataset.notes)
    assert labels(load_dataset("webqa", webqa, split="train")) == {"g3": {"s9": 1}}
    lines(webqa / "test_qrels.txt", ["g1\ts2"])
    with pytest.raises(CorpusError, match=r"test_qrels\.txt:1"):
        load_dataset("webqa", webqa)


def parquet(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def test_mixbench25_as_its_authors_lay_it_out(tmp_path: Path) -> None:
    folder = tmp_path / "OVEN"
    lines(folder / "queries.jsonl", [{"query_id": f"q{i}", "text": f"query {i}", "image": "q.jpg"} for i in range(2)])
    documents = [
        {"corpus_id": "c0", "text": "only text", "image": None},
        {"corpus_id": "c1", "text": None, "image": "1.jpg"},
    ]
    lines(folder / "mixed_corpus.jsonl", documents)
    lines(folder / "corpus.jsonl", [{"corpus_id": "c9", "text": "of both", "image": "1.jpg"}])
    rows = ["query_id\tcorpus_id\tscore", "q0\tc0\t1", "q1\tc1\t1", "q9\tc0\t1", "broken"]
    lines(folder / "qrels" / "qrels.tsv", rows)
    picture(folder / "images" / "1.jpg")
    dataset = load_dataset("mixbench", tmp_path, subset="OVEN")
    assert ids(dataset) == {"c0": "text", "c1": "image"}
    assert labels(dataset) == {"q0": {"c0": 1}, "q1": {"c1": 1}}
    said = " ".join(dataset.notes)
    assert "1 labels are of a query that is not there and were left out (first: q9)" in said
    assert "1 labels are not whole and were left out (first: broken None)" in said
    assert "hold 2 documents of OVEN, and 1,000 are documented" in said


def test_a_label_without_a_grade_is_relevant() -> None:
    notes = Notes()
    rows = [{"query-id": "q", "corpus-id": "a"}, {"query-id": "q", "corpus-id": "b", "score": None}]
    worded = {"query-id": "q", "corpus-id": "c", "score": ""}
    assert labels_of([*rows, worded], notes) == {"q": {"a": 1, "b": 1}}
    assert notes.sentences() == ["1 labels are not whole and were left out (first: q c)."]


def test_mixbench2026_takes_the_labels_of_mixbench25(tmp_path: Path) -> None:
    folder = tmp_path / "MSCOCO"
    parquet(folder / "queries.parquet", [{"id": "q0", "text": "red", "image": None}])
    parquet(folder / "mixed_corpus.parquet", [{"id": "c0", "text": None, "image": {"bytes": png(), "path": None}}])
    with pytest.raises(CorpusError, match="its qrels serve MixBench2026"):
        load_dataset("mixbench", tmp_path)
    lines(folder / "qrels" / "qrels.tsv", ["query_id\tcorpus_id\tscore", "q0\tc0\t1"])
    dataset = load_dataset("mixbench", tmp_path)
    assert labels(dataset) == {"q0": {"c0": 1}}
    assert Path(dataset.corpus.items[0].path).read_bytes() == png()


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_mixbench_takes_documents_of_both_as_pictures(tmp_path: Path, ending: str) -> None:
    tables = {
        "query": [{"query_id": f"q{i}", "text": f"query {i}"} for i in range(3)],
        "mixed_corpus": [
            {"corpus_id": "c0", "text": "only text", "image": None},
            {"corpus_id": "c1", "text": None, "image": "pictures/1.png"},
            {"corpus_id": "c2", "text": "of both", "image": "pictures/2.png"},
        ],
        "qrel": [{"query_id": f"q{i}", "corpus_id": f"c{i}", "score": 1} for i in range(3)],
    }
    for name, rows in tables.items():
        path = tmp_path / "MSCOCO" / f"{name}.{ending}"
        if ending == "jsonl":
            lines(path, rows)
        else:
            path.parent.mkdir(exist_ok=True)
            pq.write_table(pa.Table.from_pylist(rows), path)
    for i in (1, 2):
        picture(tmp_path / "MSCOCO" / "pictures" / f"{i}.png")
    dataset = load_dataset("mixbench", tmp_path)
    assert ids(dataset) == {"c0": "text", "c1": "image", "c2": "image"}
    assert dataset.corpus.items[2].caption == "of both"
    assert any("1 documents are text and picture in one" in note for note in dataset.notes)
    assert any("3 queries of MSCOCO, and 984 are documented" in note for note in dataset.notes)
    with pytest.raises(CorpusError, match="no subset"):
        load_dataset("mixbench", tmp_path, subset="nope")


def test_mbeir_reads_a_task_with_its_five_field_qrels(tmp_path: Path) -> None:
    queries = [
        {"qid": "2:1", "query_txt": "words", "query_img_path": None},
        {"qid": "2:2", "query_txt": None, "query_img_path": "mbeir_images/q.png"},
        {"qid": "2:3", "query_txt": None, "query_img_path": "mbeir_images/gone.png"},
    ]
    pool = [
        {"did": "2:10", "txt": "a text", "img_path": None, "modality": "text"},
        {"did": "2:11", "txt": "and its text", "img_path": "mbeir_images/c.png", "modality": "image,text"},
        {"did": "2:11", "txt": "twice", "img_path": None, "modality": "text"},
    ]
    lines(tmp_path / "query" / "test" / "mbeir_webqa_task2_test.jsonl", queries)
    lines(tmp_path / "cand_pool" / "local" / "mbeir_webqa_task2_cand_pool.jsonl", pool)
    lines(
        tmp_path / "qrels" / "test" / "mbeir_webqa_task2_test_qrels.txt",
        ["2:1 0 2:10 1 2", "2:2 0 2:11 1 2", "2:9 0 2:10 1 2"],
    )
    for name in ("q", "c"):
        picture(tmp_path / "mbeir_images" / f"{name}.png")
    dataset = load_dataset("mbeir", tmp_path, subset="webqa_task2")
    assert labels(dataset) == {"2:1": {"2:10": 1}, "2:2": {"2:11": 1}}
    assert dataset.queries.modality.tolist() == ["text", "image"]
    said = " ".join(dataset.notes)
    assert "1 documents have the id of another" in said
    assert "1 queries have neither words nor a picture" in said
    assert "1 labels are of a query that is not there and were left out (first: 2:9)" in said
    assert "hold 3 queries of webqa_task2, and 2,511 are documented" in said
    with pytest.raises(CorpusError, match="choose one by its name"):
        load_dataset("mbeir", tmp_path)


@pytest.mark.parametrize("trec", [False, True])
def test_beir_folders_with_tables_or_trec_qrels_and_pictures(tmp_path: Path, trec: bool) -> None:
    root = tmp_path / "mine"
    documents = [
        {"_id": "d1", "title": "T", "text": "one"},
        {"_id": "d2", "image": "p.png"},
        {"_id": "d3", "text": " "},
    ]
    lines(root / "corpus.jsonl", documents)
    lines(root / "queries.jsonl", [{"_id": f"q{i}", "text": f"query {i}"} for i in range(4)])
    if trec:
        lines(root / "qrels" / "test.txt", ["q0 0 d1 2", "q1 0 d2 1", "q2 0 d3 1", "q9 0 d1 1", "q3 0 nowhere 1"])
    else:
        rows = ["query-id\tcorpus-id\tscore", "q0\td1\t2", "q1\td2\t1", "q2\td3\t1", "q9\td1\t1", "q3\tnowhere\t1", "x"]
        lines(root / "qrels" / "test.tsv", rows)
    picture(root / "p.png")
    dataset = load_dataset("beir", tmp_path, subset="mine")
    assert labels(dataset) == {"q0": {"d1": 2}, "q1": {"d2": 1}}
    assert dataset.corpus.items[0].text == "T. one"
    said = " ".join(dataset.notes)
    for words in (
        "1 passages are empty",
        "1 labels are of a query that is not there",
        "2 labels name a document that is not there",
        "2 queries have no relevant document",
    ):
        assert words in said
    with pytest.raises(CorpusError, match="is outside"):
        load_dataset("beir", tmp_path, subset="../..")


def test_beir_reads_folders_of_parquet_with_pictures_inside(tmp_path: Path) -> None:
    tables = {
        "corpus": [{"id": "d1", "image": {"bytes": png(), "path": None}}],
        "queries": [{"id": "q1", "text": "red"}],
        "qrels": [{"query-id": "q1", "corpus-id": "d1", "score": 1}],
    }
    for name, rows in tables.items():
        (tmp_path / name).mkdir()
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / name / "test-00000-of-00001.parquet")
    dataset = load_dataset("beir", tmp_path)
    assert labels(dataset) == {"q1": {"d1": 1}}
    assert Path(dataset.corpus.items[0].path).read_bytes() == png()


def test_mtebs_copies_of_mbeir_lie_in_shards(tmp_path: Path) -> None:
    queries = [{"id": "2:1", "modality": "text", "text": "words", "image": None}]
    parquet(tmp_path / "query-00000-of-00001.parquet", queries)
    for shard in (0, 1):
        row = {"id": f"2:1{shard}", "modality": "text", "text": f"document {shard}", "image": None}
        parquet(tmp_path / f"corpus-0000{shard}-of-00003.parquet", [row])
    right = {"query-id": "2:1", "Q0": "0", "corpus-id": "2:11", "score": 1}
    parquet(tmp_path / "qrels-00000-of-00001.parquet", [right])
    dataset = load_dataset("beir", tmp_path)
    assert ids(dataset) == {"2:10": "text", "2:11": "text"}
    assert labels(dataset) == {"2:1": {"2:11": 1}}
    assert any("1 shards of corpus-00000-of-00003.parquet are missing" in note for note in dataset.notes)


def test_beir_reads_the_shards_of_its_split_only(tmp_path: Path) -> None:
    for split in ("train", "test"):
        rows = [{"query-id": f"q-{split}", "corpus-id": "d1", "score": 1}]
        parquet(tmp_path / "qrels" / f"{split}-00000-of-00001.parquet", rows)
        parquet(tmp_path / "queries" / f"{split}-00000-of-00001.parquet", [{"id": f"q-{split}", "text": "words"}])
    parquet(tmp_path / "corpus" / "corpus-00000-of-00001.parquet", [{"id": "d1", "title": "T", "text": "words"}])
    assert labels(load_dataset("beir", tmp_path)) == {"q-test": {"d1": 1}}
    assert labels(load_dataset("beir", tmp_path, split="train")) == {"q-train": {"d1": 1}}


def test_an_empty_split_is_an_error_that_says_why(flickr: Path) -> None:
    (flickr / "captions.tsv").write_text("image\tidx\tcaption\n")
    with pytest.raises(CorpusError, match="Flickr8k dev has no document"):
        load_dataset("flickr8k", flickr)
    (flickr / "captions.tsv").write_text("name\twords\n")
    with pytest.raises(CorpusError, match=r"captions\.tsv:1 must name the columns"):
        load_dataset("flickr8k", flickr)
