"""The report to send: one file, every name escaped."""

from __future__ import annotations

from modgap.ui.tabs import gap as gap_tab
from modgap.ui.tabs.meeting_report import meeting_report
from modgap.ui.visit.session import Visit


def test_the_report_stands_alone_and_shows_names_without_running_them(visit: Visit) -> None:
    gap_tab.gap_html(visit)
    page = meeting_report(visit)
    assert "<script" not in page
    assert "http" not in page
    assert "The gap:" in page
    assert "The head start" in page
    assert "&lt;script&gt;" in page
