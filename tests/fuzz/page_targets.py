"""A page, a fragment or a text becomes an article; the same by a process with another hash seed."""

import atexit
import os
import subprocess
import sys
from functools import cache

from items import Page, Site
from pipelines.ingest.news_filter import refine_foreign
from pipelines.refine import refine
from pipelines.refine_text import refine_text
from tests.fuzz import seeds
from tests.fuzz.checks import check_article, check_outcome
from tests.fuzz.target import target
from text.normalise import normalise_article

URL = "https://ex.org/news/2026/11/01/a"
SITE = Site("ex", homepage="https://ex.org/", timezone="Asia/Damascus", title="صحيفة النهر")


def page_of(body: bytes) -> Page:
    return Page(URL, URL, body, seeds.NOW)


@target(seeds.page_bodies, examples=80, grows=True)
def page(body: bytes) -> None:
    outcome = refine(page_of(body), SITE)
    check_outcome(outcome)
    assert outcome == refine(page_of(body), SITE), "the second outcome differs"


@target(seeds.page_bodies, examples=10)
def saved_page(body: bytes) -> None:
    """A page of no known address, time or site, as `warraq extract` reads it."""
    check_outcome(refine(Page("", "", body, ""), Site("saved")), naive=True)


@target(seeds.page_bodies, examples=10)
def foreign_page(body: bytes) -> None:
    """A page of a web archive."""
    check_outcome(refine_foreign(page_of(body), SITE, configured=False))


@target(seeds.documents, examples=60, grows=True)
def text(body: bytes) -> None:
    document = body.decode("utf-8", "replace")
    for site in (None, SITE):
        article = refine_text(document, url=URL, site=site)
        if article.paragraphs:
            check_article(normalise_article(article), naive=site is None, tabs=True)
        assert article == refine_text(document, url=URL, site=site)


@target(seeds.page_bodies, examples=12)
def hash_seed(body: bytes) -> None:
    """Another process, whose sets are in another order, comes to the same outcome."""
    twin = _twin()
    assert twin.stdin
    assert twin.stdout
    twin.stdin.write(b"%d\n%s" % (len(body), body))
    twin.stdin.flush()
    theirs = twin.stdout.readline()
    assert theirs == _outcome_line(body), "with another hash seed the outcome differs"


def _outcome_line(body: bytes) -> bytes:
    return ascii(refine(page_of(body), SITE)).encode() + b"\n"


@cache
def _twin() -> "subprocess.Popen[bytes]":
    seed = str(int(os.environ.get("PYTHONHASHSEED") or 0) + 1)
    process = subprocess.Popen(
        [sys.executable, "-c", "from tests.fuzz.page_targets import answer_twin; answer_twin()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=seeds.ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    atexit.register(_end, process)
    return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.communicate()


def answer_twin() -> None:
    """Reads inputs, each after its length, and writes their outcomes, a line each."""
    while length := sys.stdin.buffer.readline():
        sys.stdout.buffer.write(_outcome_line(sys.stdin.buffer.read(int(length))))
        sys.stdout.buffer.flush()
