"""Errors of a handler become a message on the page; the rest of the page stays as it is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from modgap.errors import ModgapError
from modgap.ui.components.notices import notice
from modgap.ui.visit.failures import OUR_FAULT, StoppedError

log = logging.getLogger("modgap.ui")


def guarded(status: Any, work: Callable[[], dict[Any, Any]]) -> dict[Any, Any]:
    """The changes that `work` returns, by component; where it fails, only the message in `status`."""
    try:
        return {status: "", **work()}
    except StoppedError as end:
        return {status: notice("info", str(end))}
    except ModgapError as error:
        return {status: notice("error", str(error))}
    except Exception:
        log.exception("a handler of the app failed")
        return {status: notice("error", OUR_FAULT)}
