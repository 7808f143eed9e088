"""The operator's settings from environment variables, read in one place when the app is built.

    MODGAP_MODEL    the encoder: "modgap-mini-2" (bundled), NAME/TAG of open_clip, or a path on the server
    MODGAP_MODELS   models that a visitor may choose instead, names as above with spaces between, "none" for none;
                    unset: a few of open_clip, but none on a Space
    MODGAP_VISITS   the maximum number of corpora in memory
    MODGAP_CORPUS   the URL of a live engine that visitors search in place of the sample
    MODGAP_PICTURES where its pictures are: an address or an absolute path with "{id}" in it
    MODGAP_IDLE     minutes without use after which a corpus is removed
    MODGAP_REQUESTS, MODGAP_MEGABYTES   what one page may ask for in a minute, and upload in an
                    hour; unset: no limit, but on a Space 300 and 2,000

An invalid value does not stop the app: an invalid number is logged and the default used; a model that cannot be used
is reported to the visitor who needs it.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

from modgap.ui.visit.session import IDLE_SECONDS, MAX_MEGABYTES, MAX_REQUESTS, MAX_VISITS

log = logging.getLogger("modgap.ui")


@dataclass(frozen=True)
class Settings:
    """model: a name for `load_encoder`, None for the bundled. others: models that a visitor may choose, None for the
    usual ones. visits: corpora in memory. idle_seconds: without use. corpus: the URL of an engine, "" for none.
    pictures: the template of its pictures. requests: a minute and page. megabytes: uploaded in an hour and
    page; 0 for no limit.
    """

    model: str | None = None
    others: tuple[str, ...] | None = None
    visits: int = MAX_VISITS
    idle_seconds: float = IDLE_SECONDS
    corpus: str = ""
    pictures: str = ""
    requests: int = 0
    megabytes: int = 0

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings of this process."""
        return cls(
            model=os.environ.get("MODGAP_MODEL", "").strip() or None,
            others=_names("MODGAP_MODELS"),
            visits=_count("MODGAP_VISITS", MAX_VISITS),
            idle_seconds=60 * _count("MODGAP_IDLE", IDLE_SECONDS // 60),
            corpus=os.environ.get("MODGAP_CORPUS", "").strip(),
            pictures=os.environ.get("MODGAP_PICTURES", "").strip(),
            requests=_count("MODGAP_REQUESTS", MAX_REQUESTS if os.environ.get("SPACE_ID") else 0),
            megabytes=_count("MODGAP_MEGABYTES", MAX_MEGABYTES if os.environ.get("SPACE_ID") else 0),
        )


def _names(name: str) -> tuple[str, ...] | None:
    """Names with spaces or commas between; None where the variable is unset, empty for "none" and on a Space."""
    given = os.environ.get(name, "").replace(",", " ").split()
    if not given:
        return () if os.environ.get("SPACE_ID") else None
    return () if given == ["none"] else tuple(given)


def _count(name: str, default: int) -> int:
    """A whole number of at least 1."""
    given = os.environ.get(name, "").strip()
    if not given:
        return default
    if given.isascii() and given.isdigit() and int(given) >= 1:
        return int(given)
    log.warning('%s is "%s", which is not a whole number of at least 1: %d is used.', name, given, default)
    return default
