"""Paths of the files that ship with the code: the bundled model, the sample corpus, the query bank."""

from __future__ import annotations

from pathlib import Path

from modgap.errors import ModgapError

_PACKAGE = Path(__file__).resolve().parents[1]


def asset_path(*parts: str) -> Path:
    """Path of a shipped file or folder, in a checkout (`assets/`) or an installed wheel (`modgap/assets/`).

    Raises ModgapError if it is in neither place.

    >>> asset_path("query_bank.txt").name
    'query_bank.txt'
    """
    for root in (_PACKAGE.parent / "assets", _PACKAGE / "_assets"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise ModgapError(
        f"The shipped file assets/{'/'.join(parts)} is missing: reinstall modgap, or run it from a complete checkout."
    )
