"""The report to send: one file, every name escaped."""

from __future__ import annotations

from dataclasses import replace

from modgap.ui.tabs import gap as gap_tab
from modgap.ui.tabs.meeting_report import meeting_report
from modgap.ui.visit.session import Pin, Visit


def test_the_report_stands_alone_and_shows_names_without_running_them(visit: Visit) -> None:
    gap_tab.gap_html(visit)
    page = meeting_report(visit)
    assert "<script" not in page
    assert "http" not in page
    assert "The gap:" in page
    assert "The head start" in page
    assert "&lt;script&gt;" in page


def test_a_story_comes_in_its_order_with_its_captions(visit: Visit) -> None:
    item = visit.loaded.collection.items[2]
    visit.pins = (Pin("", item.id, "This one"), Pin("blue <b>", "", "Then <i>this</i>"), Pin("", "gone", "Not there"))
    page = meeting_report(visit)
    assert page.index("This one") < page.index("blue &lt;b&gt;") < page.index("Then &lt;i&gt;this&lt;/i&gt;")
    assert "Not there" not in page
    assert visit.history[0] not in page


def test_with_a_third_group_the_statistics_name_each_group(visit: Visit) -> None:
    collection = visit.loaded.collection
    calibration = collection.calibration_in_use()
    by_words = calibration.statistics["text"]
    collection.use(replace(calibration, statistics={"text": {**by_words, "licences": by_words["text"]}}))
    visit.history = []

    page = meeting_report(visit)

    assert f"among passages, {by_words['text'].mean:.2f} among items of &#34;licences&#34;." in page
    assert "so pictures hardly come up" not in page
    assert page.count("<tr><th>") == 1 + 3
