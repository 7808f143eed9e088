"""Failures as a visitor sees them: the message for an error of the app itself, and work that the visitor stopped."""

from __future__ import annotations

from modgap.errors import ModgapError

OUR_FAULT = (
    "Something broke inside the app, and it is not your doing. What you see is unchanged; try again, and if it comes "
    "back, tell us what you did."
)


class StoppedError(ModgapError):
    """The visitor stopped the work: shown as a note, not as an error."""
