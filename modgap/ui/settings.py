"""What an operator sets by the environment, read in one place when the app is built.

    MODGAP_MODEL    the encoder: "modgap-mini" (bundled), NAME/TAG of open_clip, or a path on the server
    MODGAP_VISITS   how many corpora are kept in memory at most
    MODGAP_IDLE     after how many minutes of silence a corpus is put away

A value that cannot be used stops nothing: a wrong number is told in the log and the default serves; a wrong model is
told to the visitor who needs it.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

from modgap.ui.session import IDLE_SECONDS, MOST_VISITS

log = logging.getLogger("modgap.ui")


@dataclass(frozen=True)
class Settings:
    """model: a name for `load_encoder`, None for the bundled. visits: corpora in memory. idle_seconds: of silence."""

    model: str | None = None
    visits: int = MOST_VISITS
    idle_seconds: float = IDLE_SECONDS

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings of this process."""
        return cls(
            model=os.environ.get("MODGAP_MODEL", "").strip() or None,
            visits=_count("MODGAP_VISITS", MOST_VISITS),
            idle_seconds=60 * _count("MODGAP_IDLE", IDLE_SECONDS // 60),
        )


def _count(name: str, default: int) -> int:
    """A whole number of at least 1."""
    given = os.environ.get(name, "").strip()
    if not given:
        return default
    if given.isascii() and given.isdigit() and int(given) >= 1:
        return int(given)
    log.warning('%s is "%s", which is no whole number of at least 1: %d is used.', name, given, default)
    return default
