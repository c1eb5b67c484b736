"""A stand-in for `pipelines.refine.refine` that worker processes can import, and that can misbehave."""

import os
import re
import signal
import time
from pathlib import Path

from items import Article, Page, Rejected, Site
from text.urls import article_id


def refine(page: Page, site: Site) -> Article | Rejected:
    """Take `<h1>` and `<p>` of a page; `misbehave:…` in it makes the process hang, exit or fail."""
    text = page.body.decode()
    if "misbehave:hang" in text:
        time.sleep(60)
    if "misbehave:nap" in text:
        time.sleep(0.2)
    if folder := re.search(r"misbehave:wait (\S+)", text):
        (Path(folder[1]) / "begun").touch()
        while not (Path(folder[1]) / "let_go").exists():
            time.sleep(0.01)
    if "misbehave:exit" in text:
        os._exit(7)
    if "misbehave:kill" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "misbehave:memory" in text:
        bytearray(64 << 30)
    if "misbehave:unsendable" in text:
        raise_unsendable()
    if "misbehave:raise" in text:
        raise ValueError("no such thing")
    paragraphs = tuple(re.findall(r"<p>(.*?)</p>", text, re.S))
    if not paragraphs:
        return Rejected(page.url, "too_short")
    title = re.search(r"<h1>(.*?)</h1>", text)
    published = re.search(r'<time datetime="(.*?)"', text)
    return Article(
        id=article_id(page.url),
        url=page.url,
        site=site.name,
        title=title[1] if title else page.hints.title,
        paragraphs=paragraphs,
        published=published[1] if published else page.hints.published,
    )


class _Unsendable(Exception):
    """Pickled as its message alone, which does not make it anew."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.place = place


def raise_unsendable() -> None:
    raise _Unsendable("no such thing", 7)


class _Nameless(Exception):
    """Cannot be pickled, nor written."""

    def __reduce__(self) -> str:
        raise TypeError("not this one")

    def __str__(self) -> str:
        raise ValueError("nor that")


def raise_nameless() -> None:
    raise _Nameless
