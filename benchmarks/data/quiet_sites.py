"""Many small sites in one process, on a loopback address each, most without new articles.

`python -m benchmarks.data.quiet_sites PORT SITES BUSY`
"""

import asyncio
import sys
import time
from email.utils import formatdate

_HEAD = 'HTTP/1.1 {} OK\r\nContent-Type: {}\r\nETag: "{}"\r\nContent-Length: {}\r\n\r\n'
_INTERVAL = 60  # seconds between two articles of a busy site
_TEXT = (
    "أعلنت البلدية اليوم بدء العمل في مشروع رقم {} لتوسيع الطريق الساحلي قرب المرفأ القديم.",
    "وقال المهندس المشرف على المشروع رقم {} إن العمل يستمر عشرة أشهر بكلفة أربعة ملايين.",
    "ويأتي المشروع رقم {} استجابة لطلبات الأهالي بعد ازدحام الطرق في مواسم الصيف الماضية.",
)


def address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


async def serve(port: int, sites: int, busy: int) -> None:
    """The first `busy` sites publish an article a minute."""
    numbers = {address(number): number for number in range(sites)}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                latest = int(time.time() / _INTERVAL) if numbers[host] < busy else 0
                writer.write(_answer(f"http://{host}:{port}", path, latest, head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    # One socket for all of them: a process may not have one for each of 10 000.
    server = await asyncio.start_server(answer, "0.0.0.0", port, backlog=512)
    async with server:
        await server.serve_forever()


def _answer(base: str, path: str, latest: int, head: bytes) -> bytes:
    if path == "/robots.txt":
        return _response(200, "text/plain", "User-agent: *\nDisallow: /admin/\n", "r")
    if path != "/feed":
        return _response(200, "text/html; charset=utf-8", _page(path), path)
    if f'"{latest}"'.encode() in head:
        return _response(304, "application/rss+xml", "", str(latest))
    return _response(200, "application/rss+xml", _feed(base, latest), str(latest))


def _response(status: int, kind: str, text: str, etag: str) -> bytes:
    body = text.encode()
    return _HEAD.format(status, kind, etag, len(body)).encode() + body


def _feed(base: str, latest: int) -> str:
    items = "".join(
        f"<item><title>خبر {n}</title><link>{base}/news/{n}</link>"
        f"<pubDate>{formatdate(n * _INTERVAL)}</pubDate></item>"
        for n in range(latest, latest - 3, -1)
        if latest
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>م</title>{items}</channel></rss>'
    )


def _page(path: str) -> str:
    number = path.rpartition("/")[2]
    text = "".join(f"<p>{paragraph.format(number)}</p>" for paragraph in _TEXT)
    return (
        f"<!doctype html><html lang='ar'><head><title>مشروع رقم {number}</title></head><body>"
        f"<article><h1>مشروع رقم {number}</h1>{text}</article></body></html>"
    )


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:4])))
