"""Messages on the page: what went wrong and what to do, escaped, and nothing that is on the page lost for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from html import escape
from typing import Any

from modgap.errors import ModgapError

log = logging.getLogger("modgap.ui")

OUR_FAULT = (
    "Something broke inside the app, and it is not your doing. What you see is unchanged; try again, and if it comes "
    "back, tell us what you did."
)
_TITLES = {"error": "That did not work", "warning": "Keep in mind", "info": "Note"}


class StoppedError(ModgapError):
    """The visitor ended the work: told as a note, not as a fault."""


def notice(kind: str, message: str) -> str:
    """A message box; kind: "error", "warning" or "info". Screen readers speak errors at once."""
    role = "alert" if kind == "error" else "status"
    return (
        f'<div class="mg-notice mg-notice-{kind}" role="{role}"><strong>{_TITLES[kind]}.</strong> '
        f"{escape(message)}</div>"
    )


def guarded(status: Any, work: Callable[[], dict[Any, Any]]) -> dict[Any, Any]:
    """What `work` changes on the page, by component; or, when it fails, only the message in `status`."""
    try:
        return {status: "", **work()}
    except StoppedError as end:
        return {status: notice("info", str(end))}
    except ModgapError as error:
        return {status: notice("error", str(error))}
    except Exception:
        log.exception("a handler of the app failed")
        return {status: notice("error", OUR_FAULT)}
