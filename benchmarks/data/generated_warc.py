"""Web archives of generated news, as another program might have fetched it."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.data.generated_news import Writer
from storage.archive.warc_record import make_member

_SITES = 5
_PAGE = """<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="{when}">
</head><body><nav><a href="/">الرئيسية</a> <a href="/local">محليات</a></nav>
<article><h1>{title}</h1>{body}</article><footer><p>جميع الحقوق محفوظة</p></footer></body></html>"""


def write_archive(file: Path, pages: int, *, seed: int = 1) -> None:
    """Write generated pages; every tenth is a copy of an earlier one on another site."""
    writer, bodies = Writer(seed), list[tuple[str, str]]()
    with file.open("wb") as out:
        for number in range(pages):
            if number % 10 == 9:
                title, body = bodies[number // 2]
            else:
                title = writer.title(number)
                body = "".join(f"<p>{writer.paragraph()}</p>" for _ in range(4))
            bodies.append((title, body))
            out.write(_record(number, title, body))


def write_pages(file: Path, pages: Sequence[bytes]) -> None:
    """Write `pages` unchanged."""
    with file.open("wb") as out:
        for number, page in enumerate(pages):
            out.write(_response(number, page, "2026-10-01T00:00:00Z"))


def _record(number: int, title: str, body: str) -> bytes:
    when = f"2026-10-{number % 28 + 1:02d}T{number % 24:02d}:00:00Z"
    return _response(number, _PAGE.format(title=title, body=body, when=when).encode(), when)


def _response(number: int, page: bytes, when: str) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(page)}\r\n\r\n"
    )
    url = f"https://outlet{number % _SITES}.example/news/{number}"
    headers = {"Content-Type": "application/http; msgtype=response"}
    record = make_member(
        "response", head.encode() + page, when, uri=url, payload=page, headers=headers
    )
    return record.data
