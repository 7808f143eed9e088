"""HTML of the page from the templates beside it; every value is escaped."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from markupsafe import Markup

from modgap.io.templates import render

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
_BETWEEN_TAGS = re.compile(r">\n+<")


def render_html(template: str, **values: Any) -> Markup:
    """A template of `modgap/ui/templates` with these values.

    Line breaks between tags are left out: browsers would show them as spaces between inline elements. Values keep
    theirs, since their ">" and "<" are escaped.
    """
    return Markup(_BETWEEN_TAGS.sub("><", render(TEMPLATES, template, **values).strip()))
