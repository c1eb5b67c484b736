"""The reader, called as an ASGI application: whatever is asked of it, it does not answer 500."""

import asyncio
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from browse.app import application
from tests.fuzz import seeds
from tests.fuzz.target import target

_TARGET = "".join(map(chr, range(0x21, 0x7F)))


@target(seeds.reader_requests, examples=60)
def reader(body: bytes) -> None:
    # A server passes visible ASCII on, and refuses all else.
    asked = quote(body.lstrip(b"/"), safe=_TARGET)
    path, _, query = f"/{asked}".partition("?")
    app = _app()
    status, content = _loop().run_until_complete(_get(app, path, query.encode()))
    assert status < 500, f"status is {status} for {path}?{query}: {content[:300]!r}"


async def _get(app: Any, path: str, query: bytes) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": unquote(path), "raw_path": path.encode(), "query_string": query,
        "headers": [(b"host", b"127.0.0.1:8001")], "server": ("127.0.0.1", 8001), "client": ("127.0.0.1", 9),
    }  # fmt: skip
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="warraq-fuzz-")
    seeds.fill_database(Path(folder.name))
    return folder


@cache
def _app() -> Any:
    reader = application(Path(_folder().name))
    _loop().run_until_complete(reader.invoke_startup())
    return reader.app()
