"""The app for programs: named endpoints with typed parameters and plain JSON results.

    client = gradio_client.Client("http://127.0.0.1:7860")
    client.predict(api_name="/load_sample")
    client.predict("a windmill", k=5, api_name="/search")

Each client has its own session, as each tab of a browser has, and finds there what it loaded before. Errors come back
as the message that the page would show. Annotations are real types here, since Gradio publishes them.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from modgap.calibration import Calibration
from modgap.corpus import read_queries, with_kept_items
from modgap.corpus.queries import Queries
from modgap.encoders.vocabulary import UNREAD
from modgap.errors import ModgapError
from modgap.evaluation import DEFAULT_METHODS
from modgap.evaluation import evaluate as measure
from modgap.io.assets import asset_path
from modgap.items import no_good_match
from modgap.methods import DEFAULT_METHOD, METHODS
from modgap.search.collection import Collection
from modgap.search.query import SearchQuery
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.calibrating import calibrate
from modgap.ui.visit.failures import OUR_FAULT
from modgap.ui.visit.loading import load_files, load_sample
from modgap.ui.visit.logs import timed
from modgap.ui.visit.private_files import received_files, without_folders
from modgap.ui.visit.queues import CALIBRATING, ENCODING, SAMPLE, SEARCHING
from modgap.ui.visit.searching import uploaded_picture, words_as_query
from modgap.ui.visit.session import LoadedCorpus, Visit

log = logging.getLogger("modgap.ui")

Json = dict[str, Any]
MAX_HITS = 100


def build_api(state: AppState) -> None:
    """Register the endpoints inside the current `gr.Blocks`, before the page's private ones, which then get numbers."""
    api = Endpoints(state)
    slow: list[Callable[..., Any]] = [api.load_files, api.gap, api.evaluate]
    quick: list[Callable[..., Any]] = [api.search, api.search_by_picture, api.corpus, api.calibration, api.methods]
    for each in slow:
        gr.api(each, **ENCODING)
    gr.api(api.load_sample, **SAMPLE)
    gr.api(api.calibrate, **CALIBRATING)
    for each in quick:
        gr.api(each, **SEARCHING)


class Endpoints:
    """The endpoints. Their docstrings are published, in Google's style, which Gradio reads."""

    def __init__(self, state: AppState) -> None:
        self._encoder = state.encoder
        self._visits = state.visits
        self._sample = state.sample
        self._decoder = state.decoder

    def load_sample(self, request: gr.Request) -> Json:
        """Load the sample corpus of pictures and passages into this session.

        Returns:
            counts by group, and what was not simply read
        """
        with errors_in_words():
            loaded = self._sample.load(lambda: load_sample(self._encoder, report_progress))
            return self._arrived(request, loaded)

    def load_files(self, files: list[FileData], request: gr.Request) -> Json:
        """Load uploaded pictures, texts, tables, a .zip of them, or vectors (.npz) into this session.

        The files are deleted from the server once they are encoded, or refused.

        Args:
            files: uploaded files, each from gradio_client.handle_file

        Returns:
            counts by group, and what was skipped, left out as equal, or cut into passages
        """
        with errors_in_words(), received_files(files if isinstance(files, list) else [files]) as paths:
            self._visits.request_of(request.session_hash, paths)
            with timed("load"):
                loaded = load_files(paths, self._encoder, self._decoder, report_progress)
            return self._arrived(request, loaded)

    def calibrate(self, request: gr.Request, queries: list[str] | None = None) -> Json:
        """Learn the statistics of the loaded corpus, from queries without labels.

        Args:
            queries: what people search for, fifty or more; automatic ones when left out

        Returns:
            the calibration, as `modgap calibrate` writes it
        """
        with errors_in_words():
            if queries is not None and not (isinstance(queries, list) and all(isinstance(q, str) for q in queries)):
                raise ModgapError("queries is a list of texts, or left out for automatic ones.")
            lines = "\n".join(" ".join(query.split()) for query in queries or [])
            loaded = self._loaded(request)

            def fit() -> Calibration:
                return calibrate(loaded.collection, lines, report_progress)

            automatic = loaded.sample and not lines.strip()
            return (self._sample.calibrate(loaded, fit) if automatic else fit()).to_json()

    def search(self, words: str, request: gr.Request, k: int = 10, method: str = DEFAULT_METHOD) -> Json:
        """Search the loaded corpus for words.

        Args:
            words: what to look for, at most 1,000 characters
            k: how many results, 1 to 100
            method: how to rank: calibrated, standardized, raw, or another name that /methods lists

        Returns:
            the query, the method, and the hits, best first: rank, id, modality, score (cosine), z (standard
            deviations), fit (0 to 1) and title; no_good_match says that nothing fits the query well, and note why
            where the model cannot read it
        """
        with errors_in_words():
            if not isinstance(words, str):
                raise ModgapError("words is a text.")
            asked = words_as_query(words)
            return hits_as_json(self._loaded(request), asked.query, words, k, method)

    def search_by_picture(
        self, picture: FileData, request: gr.Request, k: int = 10, method: str = DEFAULT_METHOD
    ) -> Json:
        """Search the loaded corpus by an uploaded picture.

        Args:
            picture: an uploaded picture, from gradio_client.handle_file; deleted once it is read
            k: how many results, 1 to 100
            method: how to rank: calibrated, standardized, raw, or another name that /methods lists

        Returns:
            as /search, the query being the picture's name
        """
        with errors_in_words(), received_files([picture]) as [path]:
            asked = uploaded_picture(path, self._decoder.open_picture)
            return hits_as_json(self._loaded(request), asked.query, asked.title, k, method)

    def gap(self, request: gr.Request) -> Json:
        """Measure how far pictures and passages of the loaded corpus lie apart, before and after each cure.

        Returns:
            metrics as encoded and after each method, the severity in a word, and counts
        """
        with errors_in_words():
            return self._loaded(request).collection.gap(progress=report_progress).to_json()

    def evaluate(self, request: gr.Request, labels: FileData | None = None, methods: list[str] | None = None) -> Json:
        """Measure methods on labelled queries, by the modality of what they look for.

        Args:
            labels: an uploaded .jsonl, each line {"id", "text", "relevant": [ids]}; left out for the sample's own
            methods: names that /methods lists; all when left out

        Returns:
            recall, MRR and nDCG by method and target, and notes
        """
        with errors_in_words(), received_files([labels] if labels is not None else []) as paths:
            loaded = self._loaded(request)
            if methods is not None and not (isinstance(methods, list) and all(isinstance(m, str) for m in methods)):
                raise ModgapError("methods is a list of names, or left out for all.")
            queries = _labels(paths[0]) if paths else sample_labels(loaded)
            if loaded.collection.corpus is not None:
                queries = with_kept_items(queries, loaded.collection.corpus)
            names = methods or DEFAULT_METHODS
            return measure(
                loaded.collection, queries, names, learn_from="automatic", progress=report_progress
            ).to_json()

    def calibration(self, request: gr.Request) -> Json:
        """The calibration in use, as `modgap calibrate` writes it to a file.

        Returns:
            the calibration as JSON
        """
        with errors_in_words():
            return self._loaded(request).collection.calibration_in_use().to_json()

    def corpus(self, request: gr.Request) -> Json:
        """What this session has loaded.

        Returns:
            counts by group, whether it is calibrated, the items (id, modality, title), and what was not simply read
        """
        with errors_in_words():
            loaded = self._loaded(request)
            return {**_summary_of(loaded), "items": items_of(loaded.collection)}

    def methods(self) -> list[str]:
        """The names that a search or an evaluation takes as its method; a+b stacks two.

        Returns:
            names of methods
        """
        return list(METHODS)

    def _visit(self, request: gr.Request) -> Visit:
        return self._visits.request_of(request.session_hash)

    def _loaded(self, request: gr.Request) -> LoadedCorpus:
        return self._visit(request).require_loaded()

    def _arrived(self, request: gr.Request, loaded: LoadedCorpus) -> Json:
        visit = self._visits.visit_for(request.session_hash)
        visit.loaded, visit.asked = loaded, None
        self._visits.sweep()
        return _summary_of(loaded)


def hits_as_json(loaded: LoadedCorpus, query: SearchQuery, title: str, k: int, method: str) -> Json:
    """The hits of a search as JSON. Raises ModgapError for a k or a method out of range."""
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= MAX_HITS:
        raise ModgapError(f"k is a whole number from 1 to {MAX_HITS}.")
    if not isinstance(method, str):
        raise ModgapError("method is a name, such as calibrated or raw.")
    collection = loaded.collection
    encoded = collection.encode_query(query)
    hits = collection.search(encoded, k, method=method)
    items = collection.items
    return {
        "query": title,
        "method": method,
        "hits": [{**hit.as_dict(), "title": items[collection.row_of[hit.id]].title} for hit in hits],
        "no_good_match": no_good_match(hits),
        "note": "" if encoded.readable else UNREAD,
    }


def items_of(collection: Collection) -> list[Json]:
    """Each item with id, modality, its group where that is another than the modality, and title."""
    return [
        {
            "id": item.id,
            "modality": item.modality.value,
            **({"group": item.group} if item.group != item.modality.value else {}),
            "title": item.title,
        }
        for item in collection.items
    ]


def sample_labels(loaded: LoadedCorpus) -> Queries:
    """The labelled queries that ship with the sample. Raises ModgapError for another corpus."""
    if not loaded.sample:
        raise ModgapError("Your corpus has no labels here: upload labelled queries (.jsonl).")
    return read_queries(asset_path("sample", "queries.jsonl"))


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Turn an error inside the block into the message that the page would show."""
    try:
        yield
    except ModgapError as error:
        raise gr.Error(str(error), print_exception=False) from error
    except Exception as error:
        log.exception("an endpoint of the app failed")
        raise gr.Error(OUR_FAULT, print_exception=False) from error


def report_progress(stage: str, done: int, total: int) -> None:
    """Report progress to Gradio for the current call."""
    gr.Progress()((done, total), desc=stage, unit="")


def _labels(path: Path) -> Queries:
    """Labelled queries in words; messages name files without the server's folders."""
    try:
        queries = read_queries(path)
    except ModgapError as error:
        raise ModgapError(without_folders(str(error), [path])) from error
    if queries.vectors is not None or any(query.text is None for query in queries.queries):
        raise ModgapError(f"{path.name} has queries that are not in words: send labelled queries with a text each.")
    return queries


def _summary_of(loaded: LoadedCorpus) -> Json:
    collection = loaded.collection
    return {
        "counts": collection.counts,
        "sample": loaded.sample,
        "model": collection.model,
        "calibrated": collection.calibration is not None,
        "report": collection.report.to_json(),
    }
