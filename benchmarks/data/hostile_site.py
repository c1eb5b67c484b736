"""A hostile site, a site whose REST interface never ends, and a healthy neighbour, on a loopback address
each. Every request is a line of the log: host, path.

`python -m benchmarks.data.hostile_site PORT LOG`
"""

import asyncio
import gzip
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from benchmarks.data.hostile_documents import DOCUMENTS, Kind
from benchmarks.data.hostile_shapes import shapes
from benchmarks.data.quiet_sites import _feed, _page

HOSTILE, ENDLESS, HEALTHY = "127.2.0.1", "127.2.0.2", "127.2.0.3"
_PLAIN_BYTES, _PAGE_BYTES = 8 << 20, 1 << 20
_FIRST_POST = datetime(2026, 11, 1, tzinfo=UTC)
_WORDS = "أعلنت البلدية اليوم بدء العمل في مشروع جديد لتوسيع الطريق الساحلي قرب المرفأ القديم. " * 6


def sources(kind: Kind, port: int) -> tuple[str, ...]:
    """The addresses of the hostile documents of a kind."""
    base = f"http://{HOSTILE}:{port}/source/"
    return tuple(base + quote(name) for name, known in DOCUMENTS.items() if known.kind == kind)


@cache
def _document(name: str) -> bytes:
    document = DOCUMENTS[name]
    body = document.build(document.most)
    return body if len(body) <= _PLAIN_BYTES else gzip.compress(body, 1)


@cache
def _hostile_page(name: str) -> bytes:
    return shapes()[name](_PAGE_BYTES)


def _hostile_answer(path: str, base: str) -> bytes:
    folder, _, name = unquote(path).lstrip("/").partition("/")
    if folder == "source":
        return _document(name)
    if folder == "page":
        return _hostile_page(name)
    links = (f"{base}/page/{quote(name, '')}" for name in shapes())
    items = "".join(f"<item><title>a b c d</title><link>{link}</link></item>" for link in links)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def _posts(path: str, base: str) -> bytes:
    """As many posts as are asked for, whatever page it is, each new and earlier than the one before."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    count, page = int(query.get("per_page", 10)), int(query.get("page", 1))
    serial = time.time_ns() // 1000
    posts = []
    for number in range(count):
        moment = (_FIRST_POST - timedelta(minutes=page * count + number)).isoformat()[:19]
        posts.append(
            {
                "id": serial + number,
                "link": f"{base}/{serial + number}/",
                "date": moment,
                "date_gmt": moment,
                "modified_gmt": datetime.now(UTC).isoformat()[:19],
                "title": {"rendered": f"خبر {serial + number}"},
                "content": {"rendered": f"<p>{_WORDS}</p>"},
            }
        )
    return json.dumps(posts).encode()


def _answer(host: str, path: str, port: int) -> tuple[bytes, str]:
    """Body and content type."""
    base = f"http://{host}:{port}"
    if path == "/robots.txt":
        return b"User-agent: *\nDisallow: /admin/\n", "text/plain"
    if host == HOSTILE:
        return _hostile_answer(path, base), "text/html"
    if host == ENDLESS:
        return _posts(path, base), "application/json"
    if path == "/feed":
        return _feed(base, int(time.time() / 60)).encode(), "application/rss+xml"
    return _page(path).encode(), "text/html; charset=utf-8"


async def serve(port: int, log: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                with log.open("a") as lines:
                    lines.write(f"{host} {path}\n")
                body, kind = await asyncio.to_thread(_answer, host, path, port)
                pages = "X-WP-TotalPages: 99999999\r\n" if host == ENDLESS else ""
                writer.write(
                    f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{pages}"
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, [HOSTILE, ENDLESS, HEALTHY], port, limit=1 << 20)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
