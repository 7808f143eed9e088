"""Files to save, inside the page: no file on the server that another visitor's URL could reach."""

from __future__ import annotations

import base64

from markupsafe import Markup


def download_link(name: str, media_type: str, content: str | bytes, *, element_id: str) -> Markup:
    """A link that saves `content` as the file `name`."""
    return Markup('<a class="mg-download" id="{}" download="{}" href="{}">{}</a>').format(
        element_id, name, _data_uri(media_type, content), f"Download {name}"
    )


def download(title: str, description: str, name: str, media_type: str, content: str | bytes) -> Markup:
    """A titled box with a link that saves `content` as the file `name`."""
    return Markup(
        '<div><h3>{}</h3><p>{}</p><a class="mg-download" download="{}" href="{}">Download <small>{}</small></a></div>'
    ).format(title, description, name, _data_uri(media_type, content), name)


def _data_uri(media_type: str, content: str | bytes) -> str:
    data = content.encode("utf-8") if isinstance(content, str) else content
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"
