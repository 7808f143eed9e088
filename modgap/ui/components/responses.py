"""Security headers on every response, and requests that are refused.

The app shows nothing from other addresses and serves no file of the server except uploads, whose paths only their
visitor knows. So browsers must not guess content types nor send this site's addresses to other sites, private responses
stay out of caches, and the server fetches no address for a client (`/gradio_api/file=https://...` would make it a
relay).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]
FILES = "/gradio_api/file="


class CarefulResponses:
    """ASGI middleware. No `X-Frame-Options` is set: a Space is shown in a frame of huggingface.co."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _, is_file, asked = scope["path"].partition(FILES)
        if is_file and asked.lower().startswith(("http:", "https:")):
            await _refuse(send)
            return

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", []), *HEADERS]
                if is_file:
                    headers.append((b"cache-control", b"private, no-store"))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, careful)


async def _refuse(send: Send) -> None:
    body = b"This server fetches nothing from other addresses."
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
