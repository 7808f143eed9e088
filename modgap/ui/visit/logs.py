"""Logs of a host, a JSON object a line where MODGAP_LOG=json, else words. No query, file name or address is in them.

{"time": "2026-01-31T12:00:00.000+00:00", "level": "INFO", "logger": "modgap.ui", "message": "search: done",
 "stage": "search", "outcome": "done", "seconds": 0.045}
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

log = logging.getLogger("modgap.ui")


class JsonLines(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line = {"time": moment, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure_logs() -> None:
    """Send the app's records to stderr, as JSON lines where MODGAP_LOG=json; else warnings alone, in words."""
    if os.environ.get("MODGAP_LOG", "").strip().lower() != "json":
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("modgap")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


@contextmanager
def timed(stage: str) -> Iterator[None]:
    """Log how long a stage took, and whether it failed; never what it was about."""
    begun, outcome = time.perf_counter(), "done"
    try:
        yield
    except BaseException as error:
        outcome = type(error).__name__
        raise
    finally:
        seconds = round(time.perf_counter() - begun, 4)
        log.info("%s: %s", stage, outcome, extra={"facts": {"stage": stage, "outcome": outcome, "seconds": seconds}})
