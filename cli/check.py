"""What `warraq check` prints of a site: its sources, sample articles, what failed, what to do."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from commands.advice import advice
from items import Article, Site
from pipelines.ingest.page import Kept
from spiders.events import SourceRead
from text.terminal import plain

_SAMPLES = 5
_LINE = 100


@dataclass(slots=True)
class Findings:
    """What a site's crawl told while it ran; `trouble` is why it failed."""

    sources: list[SourceRead] = field(default_factory=list)
    pages: list[Kept] = field(default_factory=list)
    trouble: str = ""

    @property
    def articles(self) -> list[Article]:
        return [page.article for page in self.pages if page.article]


def report(console: Console, site: Site, found: Findings) -> None:
    say(console, f"{site.name}  {site.homepage}", "bold")
    for source in found.sources:
        say(console, f"  {_source(source)}", "red" if source.problem else "")
    for article in found.articles[:_SAMPLES]:
        for number, line in enumerate(_article(article)):
            say(console, f"    {line}" if number else f"  {line}", "" if number else "green")
    for line in _turned_away(found):
        say(console, f"  {line}", "yellow")
    if found.trouble:
        say(console, f"  {found.trouble}", "red")
    for hint in advice(site, found.sources, found.pages):
        say(console, f"  → {hint}", "cyan")
    say(console, f"  {_verdict(found)}")
    console.print()


def say(console: Console, line: str, style: str = "") -> None:
    """A line with text from the web in it: no markup, no control characters, no wrapping."""
    console.print(Text(plain_line(line), style), soft_wrap=True)


def plain_line(line: str) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return " " * indent + plain(line)[: _LINE * 3].strip()


def _source(source: SourceRead) -> str:
    place = f"{source.kind} {source.url}"
    if source.problem:
        return f"{place}: {source.problem}"
    newest = f", the newest of {source.newest}" if source.newest else ""
    return f"{place}: {source.links} links{newest}"


def _article(article: Article) -> Iterator[str]:
    yield article.title or "(no title)"
    known = (article.published, article.section, article.author, article.language)
    yield " · ".join(part or "?" for part in known)
    yield article.url or ""
    yield _short(article.paragraphs[0])
    if len(article.paragraphs) > 1:
        yield f"… {len(article.paragraphs)} paragraphs, the last:"
        yield _short(article.paragraphs[-1])
    for reason, lines in _by_reason(article).items():
        yield f"cut as {reason}: " + " | ".join(_short(line, 40) for line in lines[:3])


def _by_reason(article: Article) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for line in article.removed:
        lines.setdefault(line.reason, []).append(line.text)
    return lines


def _turned_away(found: Findings) -> Iterator[str]:
    lost = [page for page in found.pages if page.article is None]
    for page in lost[:_SAMPLES]:
        yield f"{page.verdict}: {page.reason} {page.key} {page.detail}".rstrip()
    for reason, count in Counter(page.reason for page in lost[_SAMPLES:]).items():
        yield f"{count} more: {reason}"


def _verdict(found: Findings) -> str:
    if found.articles:
        return f"{len(found.articles)} articles would be stored."
    return "Nothing would be stored."


def _short(text: str, longest: int = _LINE) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
