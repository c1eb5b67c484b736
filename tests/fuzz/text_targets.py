"""Bytes, dates, addresses, headers, queries, and files that an operator writes."""

import os
import re
import tempfile
from datetime import datetime
from pathlib import Path

from items import Site
from pipelines.dates.date_lines import dated_parts, is_date_line, join_date_lines, label
from pipelines.dates.parse import parse_date
from pipelines.list_address import is_listing
from pipelines.url_filter import is_wanted
from spiders.fetching.conditional import headers_for, validators_of
from spiders.fetching.fetch import Fetched
from spiders.fetching.retry_after import retry_after_seconds
from spiders.responses import charset_in, says_noindex
from spiders.site_files import read_site
from spiders.toml_errors import SiteFileError
from storage.search_query import expression, matcher
from tests.fuzz import seeds
from tests.fuzz.checks import check_message, check_text, check_time, check_url
from tests.fuzz.target import target
from text import settings_file
from text.charset import codec_of, decode
from text.folding import fold
from text.language import detect
from text.language_codes import language_code
from text.normalise import normalise_text, normalise_url, single_line, split_lines, tidy, tidy_lines
from text.search_folding import fold_for_search
from text.settings_file import SettingsError, load_settings_file
from text.terminal import printable
from text.timestamps import http_date
from text.urls import article_id, canonicalise, join_url, same_site

HOME = "https://www.ex.org/"
NOW = datetime.fromisoformat(seeds.NOW)


def _decoded(body: bytes) -> str:
    """Any text there is, lone surrogates too."""
    return body.decode("utf-8", "surrogatepass" if b"\xed" in body else "replace")


def _text(body: bytes) -> str:
    try:
        return _decoded(body)
    except UnicodeDecodeError:
        return body.decode("latin-1")


@target(seeds.encoded, examples=60, grows=True)
def charset(body: bytes) -> None:
    declared, _, content = body.partition(b"\n")
    name = declared.decode("latin-1")
    codec_of(name)
    document = decode(content, name)
    assert "\0" not in document
    document.encode()  # without surrogates
    assert document == decode(content, name)


@target(seeds.dates, examples=300, grows=True)
def date(body: bytes) -> None:
    line = _text(body)
    for zone in ("Asia/Damascus", "Asia/Kathmandu", "no/zone"):
        check_time("date", parse_date(line, zone))
        check_time("date", parse_date(line, zone, day_first=False, now=NOW))
    is_date_line(line)
    label(line)
    dated_parts(line)
    join_date_lines([line])


@target(seeds.addresses, examples=300, grows=True)
def address(body: bytes) -> None:
    given = _text(body)
    joined = join_url("https://ex.org/a/b?c", given)
    for url in (given, joined):
        for home in (None, HOME):
            canonical = canonicalise(url, home)
            check_url("url", canonical)
            if canonical:
                assert canonicalise(canonical, home) == canonical, f"url is {canonical!r}"
                article_id(canonical)
                is_listing(canonical)
                is_wanted(Site("ex", homepage=HOME), canonical)
        same_site(url, HOME)


@target(seeds.headers, examples=200)
def http_headers(body: bytes) -> None:
    lines = (line.decode("latin-1").partition(":") for line in re.split(rb"[\r\n]+", body))
    values = {name.strip().lower(): value.strip() for name, _, value in lines}
    for status in (200, 429, 503):
        seconds = retry_after_seconds(status, values.get("retry-after", ""), 1_760_000_000.0)
        assert 0 <= seconds <= 6 * 3600
    for value in values.values():
        moment = http_date(value)
        assert moment is None or moment.tzinfo
    kept = validators_of(HOME, Fetched(HOME, 200, values, b""))
    for value in headers_for(kept).values():
        value.encode("latin-1")
    charset_in(values.get("content-type", ""))
    says_noindex([values.get("x-robots-tag", "")], "Warraq")


@target(seeds.documents, examples=60, grows=True)
def plain_text(body: bytes) -> None:
    """What text is brought into before it is stored, shown or searched; each is its own result."""
    given = _text(body)
    check_message(printable(given))
    assert printable(printable(given)) == printable(given)
    for lines in (tidy_lines(given), [tidy(given)], split_lines(given), [single_line(given)]):
        for line in lines:
            check_text("line", line or None, tabs=True)
    assert tidy(tidy(given)) == tidy(given)
    assert tidy_lines("\n".join(tidy_lines(given))) == tidy_lines(given)
    assert normalise_text(normalise_text(given)) == normalise_text(given)
    assert normalise_url(normalise_url(given)) == normalise_url(given)
    fold(given).encode()
    assert fold(fold(given)) == fold(given)
    detect(given)
    language_code(given[:20])


@target(seeds.queries, examples=150, grows=True)
def search_query(body: bytes) -> None:
    """An expression that FTS5 reads; the reader finds the words it marks."""
    query = _text(body)
    expression(query).encode()
    words = fold_for_search(query).split()
    assert matcher(query).hits(words) <= set(range(len(words)))


@target(seeds.site_files, SiteFileError, examples=80)
def site_file(body: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="warraq-fuzz-") as folder:
        file = Path(folder) / "ex.toml"
        file.write_bytes(body)
        site = read_site(file)
    site.starts_at()
    check_url("homepage", canonicalise(site.homepage))
    is_wanted(site, "https://ex.org/news/1")


@target(seeds.settings_files, SettingsError, examples=60)
def file_of_settings(body: bytes) -> None:
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="warraq-fuzz-") as folder:
        file = Path(folder) / "settings"
        file.write_bytes(body)
        os.environ["WARRAQ_SETTINGS"] = str(file)
        try:
            load_settings_file()
            changed = {k: v for k, v in os.environ.items() if before.get(k) != v}
            assert all(name.startswith("WARRAQ_") for name in changed)
        finally:
            os.environ.clear()
            os.environ.update(before)
            settings_file._from_file.clear()
