"""The corpus panel: counts, thumbnails, and the report of what was skipped."""

from __future__ import annotations

import base64
import re
from types import SimpleNamespace

from modgap.corpus import Skipped, read_corpus
from modgap.search.collection import Collection
from modgap.ui.tabs import corpus_panel
from modgap.ui.visit.session import LoadedCorpus


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_corpus_is_counted_shown_and_its_skipped_files_named(loaded):
    loaded.collection.skipped.append(Skipped("<b>.txt", "is empty"))

    html = corpus_panel.summary(loaded)

    assert "3 pictures 3 passages" in text_of(html)
    assert html.count('class="mg-thumb"') == 3
    assert "1 skipped" in text_of(html)
    assert "&lt;b&gt;.txt" in html
    assert "Photographers" not in html


def test_duplicates_and_cut_documents_are_listed_and_the_report_can_be_saved(toy_encoder, mixed_files, tmp_path):
    (tmp_path / "=copy.png").write_bytes(mixed_files[0].read_bytes())
    (tmp_path / "long.txt").write_text("A quiet harbour lies at dusk. " * 60, encoding="utf-8")
    files = [*mixed_files, tmp_path / "=copy.png", tmp_path / "long.txt"]

    html = corpus_panel.summary(LoadedCorpus(Collection.encode(read_corpus(files), toy_encoder), {}))

    assert "1 left out as equal, 1 cut into passages" in text_of(html)
    assert re.search(r"long\.txt cut into \d+ passages", text_of(html))
    data = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', html)
    written = base64.b64decode(data.group(1)).decode("utf-8-sig")
    assert "'=copy.png,duplicate,has the same content as red square.png" in written


def test_each_group_is_counted_under_its_own_name(toy_encoder, mixed_files):
    collection = Collection.encode(read_corpus(mixed_files), toy_encoder)
    counts = {"text": 1, "licences": 2, "image": 3}
    three = SimpleNamespace(
        counts=counts, items=collection.items, encoder=toy_encoder, report=collection.report, fused=None, corpus=None
    )

    html = corpus_panel.summary(LoadedCorpus(three, {}))

    assert "3 pictures 1 passage 2 items of &#34;licences&#34;" in text_of(html)
    assert "mg-count mg-kind-other" in html
