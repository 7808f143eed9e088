"""The tabs beside the search: without a corpus, and after another one was loaded."""

from __future__ import annotations

from types import SimpleNamespace

import gradio as gr
import pytest

from modgap.corpus import Corpus
from modgap.items import Item, Modality
from modgap.search.collection import Collection
from modgap.ui.tabs import evaluate as evaluate_tab
from modgap.ui.tabs import gap as gap_tab
from modgap.ui.tabs import take_home as take_home_tab
from modgap.ui.tabs.registry import TABS
from modgap.ui.visit.session import LoadedCorpus, Visit


def test_without_a_corpus_each_tab_says_what_to_do() -> None:
    assert "Load a corpus" in gap_tab.gap_html(Visit())
    assert "Load and calibrate" in take_home_tab.take_home_html(Visit())


@pytest.mark.parametrize("build", [gap_tab.build_gap, evaluate_tab.build_evaluate])
def test_a_tab_shows_nothing_of_the_corpus_before(visit: Visit, toy_state, toy_encoder, build) -> None:
    with gr.Blocks() as page, gr.Tab() as tab:
        build(tab, toy_state)
    [enter] = [each.fn for each in page.fns.values() if (tab._id, "select") in each.targets]
    here = toy_state.visits.visit_for("somebody")
    here.loaded = LoadedCorpus(Collection.encode(Corpus([Item("a.txt", Modality.TEXT, text="alone")]), toy_encoder), {})

    metric = ["recall@5"] if build is evaluate_tab.build_evaluate else []
    shown = enter(*metric, SimpleNamespace(session_hash="somebody"))

    assert {gap_tab.EMPTY, evaluate_tab.NONE} & set(shown.values())


def test_names_and_titles_of_tabs_are_different_and_fit_element_ids() -> None:
    assert len({tab.name for tab in TABS}) == len({tab.title for tab in TABS}) == len(TABS)
    assert all(tab.name.isidentifier() and tab.name != "search" for tab in TABS)
