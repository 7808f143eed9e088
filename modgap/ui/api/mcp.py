"""Tools for language models, over the Model Context Protocol: read-only, and over one corpus for all clients.

Gradio sends the calls of all MCP clients through one session, so a corpus that one client loaded there would be visible
to all. Hence the endpoints of `endpoints.py`, which keep a session, are not offered as tools; these search one corpus
that the operator chose: a folder or a live engine (`modgap serve --mcp --corpus FOLDER|URL`), or the sample.
"""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from modgap.corpus import Corpus, read_corpus
from modgap.encoders.vocabulary import UNREAD
from modgap.engines.connect import open_engine
from modgap.engines.engine_url import is_engine_url
from modgap.errors import ModgapError
from modgap.methods import DEFAULT_METHOD
from modgap.progress import silent
from modgap.search.collection import Collection
from modgap.search.live_collection import connect
from modgap.ui.api.endpoints import Json, errors_in_words, hits_as_json, items_of
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.loading import load_sample
from modgap.ui.visit.queues import SEARCHING
from modgap.ui.visit.searching import answer_query, words_as_query
from modgap.ui.visit.session import LoadedCorpus

NEEDED = 'The MCP server needs a package that is not installed: pip install "modgap[mcp]" (or "gradio[mcp]").'
TOOLS = ("search_pictures_and_passages", "compare_rankings", "describe_corpus", "measure_modality_gap")
MAX_LISTED_ITEMS = 500


def require_mcp() -> None:
    """Raise ModgapError, with what to install, where Gradio's `mcp` extra is missing."""
    try:
        import mcp  # noqa: F401
    except ImportError as error:
        raise ModgapError(NEEDED) from error


def only_tools() -> None:
    """Make Gradio's MCP server offer our tools and no other endpoint, from its start."""
    require_mcp()
    import gradio.mcp

    class OnlyTools(gradio.mcp.GradioMCPServer):
        def get_tool_to_endpoint(self) -> dict[str, str]:
            offered = super().get_tool_to_endpoint()
            return {tool: endpoint for tool, endpoint in offered.items() if endpoint.lstrip("/") in TOOLS}

    if gradio.mcp.GradioMCPServer.__name__ != OnlyTools.__name__:
        gradio.mcp.GradioMCPServer = OnlyTools  # type: ignore[misc]


def tools_over(corpus: str | Path | None = None) -> Callable[[AppState], None]:
    """A function that registers the tools inside the current `gr.Blocks`. corpus: as on the command line; None for the
    sample.

    Raises CorpusError for a corpus and EngineError for a URL that cannot be read; it is encoded, or calibrated in its
    engine, at the first call of a tool.
    """
    own = corpus if is_engine_url(corpus) or corpus is None else read_corpus(corpus)
    if is_engine_url(own):
        open_engine(str(own))  # a URL that cannot be read is reported before anything is served

    def register(state: AppState) -> None:
        tools = Tools(state, own)
        for name in TOOLS:
            gr.api(getattr(tools, name), **SEARCHING)

    return register


class Tools:
    """The tools. Their docstrings are what a language model reads, in Google's style."""

    def __init__(self, state: AppState, corpus: Corpus | str | Path | None) -> None:
        self._state = state
        self._corpus = corpus
        self._lock = threading.Lock()
        self._kept: LoadedCorpus | None = None

    def search_pictures_and_passages(self, words: str, k: int = 10, method: str = DEFAULT_METHOD) -> str:
        """Search pictures and text passages together for words; both kinds are ranked fairly on one scale.

        Args:
            words: what to look for, in plain words
            k: how many results, 1 to 100
            method: "calibrated" (fair), or "raw" (plain cosine, which hides pictures)

        Returns:
            JSON: hits, best first: rank, id, modality (image or text), score (cosine), z (standard deviations above
            what is usual), fit (0 to 1) and title; no_good_match is true where nothing in the corpus fits the query
        """
        with errors_in_words():
            return _as_text(hits_as_json(self._loaded(), _checked(words), words, k, method))

    def compare_rankings(self, words: str, k: int = 10) -> str:
        """Show what calibration changes: the same search by raw cosine and calibrated, and how far each item moved.

        Args:
            words: what to look for, in plain words
            k: how many results in each list, 5 to 20

        Returns:
            JSON: both lists, the places that each item rose or fell, and the share of pictures in each list
        """
        with errors_in_words():
            if not isinstance(k, int):
                raise ModgapError("k is a whole number.")
            found = answer_query(self._loaded().collection, _checked(words), k)
            return _as_text(
                {
                    "query": words,
                    "raw": [hit.as_dict() for hit in found.raw],
                    "calibrated": [hit.as_dict() for hit in found.calibrated or []],
                    "moved": found.rank_change or {},
                    "image_share": found.image_share,
                    "no_good_match": found.no_good_match,
                    "note": found.reason if found.readable else UNREAD,
                }
            )

    def describe_corpus(self) -> str:
        """Describe what can be searched: how many pictures and passages, their ids and titles, and the model in use.

        Returns:
            JSON: counts by group, the model, and the first 500 items
        """
        with errors_in_words():
            collection = self._loaded().collection
            items = items_of(collection)[:MAX_LISTED_ITEMS]
            return _as_text({"counts": collection.counts, "model": collection.model, "items": items})

    def measure_modality_gap(self) -> str:
        """Measure how far pictures and passages of the corpus lie apart in the model's space.

        Returns:
            JSON: metrics as encoded and after each cure, and the severity in a word: severe, moderate or low
        """
        with errors_in_words():
            return _as_text(self._loaded().collection.gap().to_json())

    def _loaded(self) -> LoadedCorpus:
        """The corpus, encoded and calibrated at the first call."""
        with self._lock:
            if self._kept is None:
                self._kept = self._sample() if self._corpus is None else self._own(self._corpus)
            return self._kept

    def _sample(self) -> LoadedCorpus:
        state = self._state
        loaded = state.sample.load(lambda: load_sample(state.encoder, silent))
        state.sample.calibrate(loaded, loaded.collection.calibrate)
        return loaded

    def _own(self, corpus: Corpus | str | Path) -> LoadedCorpus:
        collection: Collection
        if not isinstance(corpus, Corpus):
            collection = connect(str(corpus), self._state.encoder.get())
        else:
            encoder = None if corpus.vectors is not None else self._state.encoder.get()
            collection = Collection.encode(corpus, encoder)
        if all(collection.counts.values()):
            collection.calibrate()
        return LoadedCorpus(collection, {})


def _as_text(document: Json) -> str:
    """JSON as text: Gradio would send a dict as Python prints it."""
    return json.dumps(document, ensure_ascii=False)


def _checked(words: Any) -> str:
    if not isinstance(words, str):
        raise ModgapError("words is a text.")
    words_as_query(words)
    return words
