"""What an operator's monitoring asks: is the process alive, is it ready, and, by choice, how busy is it.

GET /health        200 while the process answers
GET /health/ready  200 once the model is loaded, 503 before; the page itself works earlier
GET /metrics       Prometheus' text format, where MODGAP_METRICS=1: counts, seconds and bytes, no content, no address
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

import modgap
from modgap.ui.visit.app_state import AppState


def health_routes() -> list[Route]:
    """The routes, for the app that Gradio makes; they find the page that it serves."""
    return [Route("/health", alive), Route("/health/ready", ready), Route("/metrics", metrics)]


def alive(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok", "version": modgap.__version__})


def ready(request: Request) -> Response:
    """Whether words and pictures can be encoded at once."""
    loaded = _state(request).encoder.ready
    return JSONResponse({"status": "ready" if loaded else "loading"}, status_code=200 if loaded else 503)


def metrics(request: Request) -> Response:
    """Gauges and counters, or 404 where the operator did not choose them."""
    if os.environ.get("MODGAP_METRICS", "").strip() not in ("1", "true", "yes"):
        return PlainTextResponse("Set MODGAP_METRICS=1 to have metrics here.\n", status_code=404)
    lines = [f"{name} {value}" for name, value in _measured(request)]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _state(request: Request) -> AppState:
    state: AppState = request.app.get_blocks().modgap_state
    return state


def _measured(request: Request) -> Iterator[tuple[str, float]]:
    """(name with labels, value) of each."""
    state, queue = _state(request), request.app.get_blocks()._queue
    yield "modgap_ready", float(state.encoder.ready)
    yield "modgap_visits", state.visits.count
    yield "modgap_corpora", state.visits.corpora
    for name, waiting in sorted(queue.event_queue_per_concurrency_id.items()):
        if name in ("encoder", "calibration", "sample", "search"):
            yield f'modgap_waiting{{queue="{name}"}}', len(waiting.queue)
    taken: dict[str, tuple[int, float]] = {}
    for function, each in list(queue.process_time_per_fn.items()):
        if (name := str(function.concurrency_id)) in ("encoder", "calibration", "sample", "search"):
            count, seconds = taken.get(name, (0, 0.0))
            taken[name] = count + each.count, seconds + each.process_time
    for name, (count, seconds) in sorted(taken.items()):
        yield f'modgap_stage_seconds_count{{stage="{name}"}}', count
        yield f'modgap_stage_seconds_sum{{stage="{name}"}}', round(seconds, 6)
    if (memory := _resident_bytes()) is not None:
        yield "process_resident_memory_bytes", memory


def _resident_bytes() -> int | None:
    """Memory of this process; None where the system does not say it."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * int(os.sysconf("SC_PAGE_SIZE"))


def remember_state(page: Any, state: AppState) -> None:
    """Let the routes find the state of a page."""
    page.modgap_state = state
