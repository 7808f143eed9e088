"""Handlers of a search: by words, a picture, a click, a link; and what the query matches in a card."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from modgap.ui.components.notices import notice
from modgap.ui.tabs import search as search_panel
from modgap.ui.tabs.page_handlers import LOADING, PageHandlers, Updates
from modgap.ui.visit.searching import clicked, linked_state, uploaded_picture, with_words, words_as_query
from modgap.ui.visit.session import Visit
from modgap.ui.visit.why_here import matched


class SearchHandlers(PageHandlers):
    """Each call returns the components that change; the others stay."""

    def words(self, words: str, together: bool, k: float, request: gr.Request) -> Iterator[Updates]:
        """Search for the words in the box; first say that the model still loads, where they have to wait for it.

        together: with the picture that was asked for last.
        """
        encoder = self._encoder(request)
        if encoder is not None and words.strip() and not encoder.has_text(words.strip()):
            yield {self._parts.status: notice("info", LOADING)}
        yield self._searching(request, lambda visit: self._found(visit, with_words(visit.asked, words, together), k))

    def together(self, together: bool, words: str, k: float, request: gr.Request) -> Updates:
        """Add the words in the box to the picture that was asked for, or take them away."""

        def work(visit: Visit) -> Updates:
            if visit.asked is None or visit.asked.is_words:
                return {}
            return self._found(visit, with_words(visit.asked, words if together else "", together=True), k)

        return self._searching(request, work)

    def picture(self, path: str, k: float, request: gr.Request) -> Iterator[Updates]:
        """Search by an uploaded picture; first say that the model still loads, where it has to."""
        encoder = self._encoder(request)
        if encoder is not None and not encoder.loaded:
            yield {self._parts.status: notice("info", LOADING)}

        def work(visit: Visit) -> Updates:
            return self._found(visit, uploaded_picture(path, self._decoder.open_picture), k)

        yield self._searching(request, work)

    def click(self, k: float, request: gr.Request, event: gr.EventData) -> Updates:
        """Search by the card, thumbnail or example that was clicked."""

        def work(visit: Visit) -> Updates:
            if isinstance(event._data, dict) and event._data.get("ask") in ("unpin", "why"):
                return {}
            asked = clicked(visit.require_loaded(), event._data)
            found = self._found(visit, asked, k)
            return {**found, self._parts.search.query: asked.title} if found and asked.is_words else found

        return self._searching(request, work)

    def why(self, request: gr.Request, event: gr.EventData) -> Updates:
        """What the query matches in the card that asks for it; any other click changes nothing here."""

        def work(visit: Visit) -> Updates:
            data = event._data if isinstance(event._data, dict) else {}
            if data.get("ask") != "why":
                return {}
            found = matched(visit.require_loaded(), visit.asked, data.get("value"))
            return {self._parts.search.matched: search_panel.matched_html(found)}

        return self._searching(request, work)

    def restore(self, request: gr.Request, event: gr.EventData) -> Updates:
        """What a link asks for: words, the number of results, the method to compare with; the rest stays."""

        def work(visit: Visit) -> Updates:
            loaded, search = visit.require_loaded(), self._parts.search
            state = linked_state(event._data)
            visit.other_method = state.other
            asked = words_as_query(state.words) if state.words and loaded.collection.encoder else visit.asked
            shown: Updates = {search.k: state.k, search.other: state.other or ""}
            if asked is None:
                return shown
            return {**shown, search.query: asked.title if asked.is_words else "", **self._found(visit, asked, state.k)}

        return self._searching(request, work)

    def back(self, words: str, k: float, request: gr.Request) -> Updates:
        """Leave the search by picture."""

        def work(visit: Visit) -> Updates:
            if not words.strip():
                return self._nothing_asked(visit)
            return self._found(visit, words_as_query(words), k)

        return self._searching(request, work)

    def compare_with(self, method: str, k: float, request: gr.Request) -> Updates:
        """Show another method in a third column, or none."""

        def work(visit: Visit) -> Updates:
            visit.other_method = method or None
            return self._repeated(visit, k)

        return self._searching(request, work)

    def repeat(self, k: float, request: gr.Request) -> Updates:
        """Repeat the last search with another number of results."""
        return self._searching(request, lambda visit: self._repeated(visit, k))
