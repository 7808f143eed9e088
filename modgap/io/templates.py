"""HTML from Jinja2 templates, every value escaped unless it is `Markup` already.

Escaping is decided in this one place, so that no page can forget it for one value.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


def render(folder: Path, name: str, /, **values: Any) -> Markup:
    """Render the template `name` of `folder` with these values.

    Returns `Markup`, which another template inserts unescaped.
    Raises jinja2.UndefinedError for a value that the template uses and is not given.
    """
    return Markup(_environment(folder).get_template(name).render(**values))


@functools.cache
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
