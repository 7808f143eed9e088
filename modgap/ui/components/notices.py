"""Messages on the page: an error and its remedy, a warning, a note."""

from __future__ import annotations

from markupsafe import Markup

_TITLES = {"error": "That did not work", "warning": "Keep in mind", "info": "Note"}


def notice(kind: str, message: str) -> Markup:
    """A message box; kind: "error", "warning" or "info". Screen readers speak errors at once."""
    role = "alert" if kind == "error" else "status"
    return Markup('<div class="mg-notice mg-notice-{}" role="{}"><strong>{}.</strong> {}</div>').format(
        kind, role, _TITLES[kind], message
    )
