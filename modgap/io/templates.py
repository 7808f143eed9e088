"""HTML from Jinja2 templates, every value escaped unless it is `Markup` already.

One place decides on escaping, so that a page for strangers cannot forget it for one value.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


def render(folder: Path, name: str, **values: Any) -> Markup:
    """The template `name` of `folder` with these values; a value that the template wants and does not get is an error.

    Returns `Markup`, which another template takes as it is.
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
