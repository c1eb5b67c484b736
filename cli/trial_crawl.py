"""A trial crawl of a site: a few pages into a database that is thrown away, and the report of it."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console

from cli.trial_advice import advice
from items import Article, Reason, Site
from pipelines.ingest.rechecked import IngestResult
from spiders.crawl_resources import CrawlEvent, SourceRead
from spiders.runner import crawl_sites
from storage.database import StorageError
from text.counted import counted
from text.tables import print_wrapped
from text.terminal import shorten

_MAX_SAMPLES = 5
_LINE_CHARS = 100


@dataclass(slots=True)
class TrialCrawl:
    """What a trial crawl of a site reported; `trouble` is why it failed."""

    sources: list[SourceRead] = field(default_factory=list)
    pages: list[IngestResult] = field(default_factory=list)
    trouble: str = ""

    @property
    def articles(self) -> list[Article]:
        return [page.article for page in self.pages if page.article]

    @property
    def has_no_name(self) -> bool:
        """Whether all that was tried failed since no name has an address."""
        reasons = {source.reason for source in self.sources}
        return reasons == {Reason.DNS} and not self.pages


def report(console: Console, site: Site, trial: TrialCrawl) -> None:
    print_line(console, f"{site.name}  {site.homepage}", "bold")
    for source in trial.sources:
        print_line(console, f"  {_source(source)}", "red" if source.problem else "")
    for article in trial.articles[:_MAX_SAMPLES]:
        for number, line in enumerate(_article(article)):
            print_line(console, f"    {line}" if number else f"  {line}", "" if number else "green")
    for line in rejected_lines(trial):
        print_line(console, f"  {line}", "yellow")
    if trial.trouble:
        print_line(console, f"  {trial.trouble}", "red")
    for hint in advice(site, trial.sources, trial.pages):
        print_line(console, f"  → {hint}", "cyan")
    print_line(console, f"  {_summary(trial)}")
    console.print()


def print_line(console: Console, line: str, style: str = "") -> None:
    """For text from the web: no markup, no control characters."""
    indent = len(line) - len(line.lstrip(" "))
    print_wrapped(console, printable_line(line)[indent:], style, indent)


def printable_line(line: str) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return " " * indent + shorten(line.strip(), _LINE_CHARS * 3)


def _source(source: SourceRead) -> str:
    name = f"{source.kind} {source.url}"
    if source.problem:
        return f"{name}: {source.problem}"
    newest = f", the newest of {source.newest}" if source.newest else ""
    return f"{name}: {counted(source.links, 'link')}{newest}"


def _article(article: Article) -> Iterator[str]:
    yield article.title or "(no title)"
    metadata = (article.published, article.section, article.author, article.language)
    yield " · ".join(part or "?" for part in metadata)
    yield article.url or ""
    yield shorten(article.paragraphs[0], _LINE_CHARS)
    if len(article.paragraphs) > 1:
        yield f"… {len(article.paragraphs)} paragraphs, the last:"
        yield shorten(article.paragraphs[-1], _LINE_CHARS)
    for reason, lines in _by_reason(article).items():
        yield f"cut as {reason}: " + " | ".join(shorten(line, 40) for line in lines[:3])


def _by_reason(article: Article) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for line in article.removed:
        lines.setdefault(line.reason, []).append(line.text)
    return lines


def rejected_lines(trial: TrialCrawl) -> Iterator[str]:
    """A line for each of the first pages without an article, and one for each reason of the others."""
    rejected = [page for page in trial.pages if page.article is None]
    for page in rejected[:_MAX_SAMPLES]:
        yield f"{page.outcome}: {page.reason} {page.key} {page.detail}".rstrip()
    for reason, count in Counter(page.reason for page in rejected[_MAX_SAMPLES:]).items():
        yield f"{count} more: {reason}"


def _summary(trial: TrialCrawl) -> str:
    if trial.articles:
        return f"{counted(len(trial.articles), 'article')} would be stored."
    return "Nothing would be stored."


def run_trials(sites: Sequence[Site], pages: int, url: str | None) -> dict[str, TrialCrawl]:
    """The same crawl as any other, into a temporary database."""
    trials = {site.name: TrialCrawl() for site in sites}

    def record(name: str, event: CrawlEvent) -> None:
        trial = trials[name]
        if isinstance(event, SourceRead):
            trial.sources.append(event)
        else:
            trial.pages.append(event)

    with tempfile.TemporaryDirectory(prefix="warraq-check-") as folder:
        try:
            results = crawl_sites(
                sites,
                Path(folder),
                limit=pages,
                url=url,
                on_event=record,
                settings={"WARRAQ_ARCHIVE": False},
            )
        except StorageError as error:
            raise click.ClickException(str(error)) from error
    for result in results:
        trials[result.site].trouble = result.trouble
    return trials
