"""Web archives as other programs write them, with invented news."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from gzip import compress
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from items import Article, Rejected
from pipelines.ingest.web_archive import WarcSlice
from pipelines.workers.slices import PageInSlice

BODY = (
    "أعلنت البلدية صباح اليوم افتتاح الجسر الجديد بعد عام ونصف العام من العمل المتواصل.",
    "وقال المهندس المشرف إن الجسر يخدم الأحياء الشرقية ويخفف الزحام عن وسط المدينة.",
    "وتبلغ كلفة المشروع مليوني ليرة، دفعت البلدية نصفها والمتبرعون نصفها الآخر.",
)
IDENTICAL = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
HTML = (("Content-Type", "text/html; charset=utf-8"),)


@dataclass(frozen=True)
class Story:
    """A story; `number` makes it differ from the others."""

    number: int = 1
    published: str | None = "2025-05-06T07:00:00Z"
    head: str = ""
    body: tuple[str, ...] = BODY
    attributes: str = ""

    def html(self) -> bytes:
        date = f'<meta property="article:published_time" content="{self.published}">'
        lines = "".join(f"<p>{line} ({self.number} {'خ' * self.number})</p>" for line in self.body)
        title = f"خبر الجسر الجديد رقم {self.number}"
        return (
            f'<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title>'
            f"{date if self.published else ''}{self.head}</head><body {self.attributes}>"
            f"<article><h1>{title}</h1>{lines}</article></body></html>"
        ).encode()


@dataclass(frozen=True)
class Record:
    """What to write: the response of `url` at `date`."""

    url: str = "https://news.example/1"
    body: bytes = field(default_factory=lambda: Story().html())
    date: str = "2025-06-01T00:00:00Z"
    kind: str = "response"
    status: str = "200 OK"
    headers: Sequence[tuple[str, str]] = HTML
    truncated: str = ""
    refers: str = ""


def write(
    path: Path, records: Sequence[Record], *, version: str = "WARC/1.1", gzip: bool = True
) -> Path:
    """Write a warcinfo record and `records`, compressed one by one."""
    info = Record(
        "", b"software: tests\r\n", kind="warcinfo", headers=[("", "application/warc-fields")]
    )
    members = [member(record, version) for record in (info, *records)]
    path.write_bytes(b"".join(compress(data, mtime=0) if gzip else data for data in members))
    return path


def member(record: Record, version: str = "WARC/1.1") -> bytes:
    """A record, uncompressed."""
    is_http = record.kind in ("response", "request", "revisit")
    start = "GET / HTTP/1.1" if record.kind == "request" else f"HTTP/1.1 {record.status}"
    lines = [start, *(f"{name}: {value}" for name, value in record.headers), "", ""]
    block = ("\r\n".join(lines).encode() if is_http else b"") + record.body
    content_type = f"application/http; msgtype={record.kind}" if is_http else record.headers[0][1]
    head = [
        version,
        f"WARC-Type: {record.kind}",
        f"WARC-Record-ID: <urn:uuid:{uuid5(NAMESPACE_URL, record.url + record.date)}>",
        f"WARC-Date: {record.date}",
        *([f"WARC-Target-URI: {record.url}"] if record.url else []),
        *([f"WARC-Truncated: {record.truncated}"] if record.truncated else []),
        *([IDENTICAL, f"WARC-Refers-To-Date: {record.refers}"] if record.refers else []),
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + block + b"\r\n\r\n"


def stories(count: int, host: str = "news.example") -> list[Record]:
    return [
        Record(f"https://{host}/{number}", Story(number).html()) for number in range(1, count + 1)
    ]


class Misbehaving(WarcSlice):
    """A slice whose pages with `misbehave:…` make the worker hang or fail."""

    def refine(self, found: PageInSlice) -> Article | Rejected:
        if b"misbehave:hang" in found.page.body:
            while True:
                pass
        if b"misbehave:memory" in found.page.body:
            bytearray(1 << 40)
        if b"misbehave:raise" in found.page.body:
            raise KeyError("a bug")
        return super().refine(found)


def misbehaving(part: WarcSlice) -> Misbehaving:
    return Misbehaving(part.file, part.offset, part.end, part.wanted, part.sites)
