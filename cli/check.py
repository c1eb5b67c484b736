"""`warraq check`: crawls a few pages of a site, shows what would be stored and what to change in its
file, and stores nothing.
"""

import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from cli.main import Context
from items import Article, Reason, Site, http_reason
from pipelines.ingest.rechecked import IngestResult
from spiders.crawl_resources import CrawlEvent, SourceRead
from spiders.runner import crawl_sites
from spiders.site_files import load_sites
from storage.database import StorageError
from storage.fruitless_sites import PAGE_ADVICE
from text.suggestions import did_you_mean
from text.terminal import printable

_ROBOTS_TURNED_AWAY = "the site turns robots away; ask its owner"
_MOVED = "it has moved: correct its address, or leave it out"
# Why a source could not be read, and the advice.
_SOURCE_ADVICE: Mapping[str, str] = {
    Reason.PRIVATE_ADDRESS: "the site is on a private network: set `allow_private = true`",
    Reason.DNS: "`homepage`: the name is not known; is it spelled right?",
    Reason.ROBOTS: "robots.txt closes it: name another source",
    Reason.TLS: "`homepage`: try http:// instead of https://, if the site has it",
    Reason.RESTING: "the site wants fewer requests: set a longer `delay`",
    Reason.TIMED_OUT: "the site is slow or down: try again later",
    http_reason(403): _ROBOTS_TURNED_AWAY,
    http_reason(404): _MOVED,
    http_reason(410): _MOVED,
}


def advice(site: Site, sources: Sequence[SourceRead], pages: Sequence[IngestResult]) -> list[str]:
    """Sentences for a person, without repetition."""
    hints = [*_source_advice(site, sources)]
    if not any(page.article for page in pages):
        hints += [PAGE_ADVICE[page.reason] for page in pages if page.reason in PAGE_ADVICE]
    if _is_one_text(pages):
        hints.append(PAGE_ADVICE[Reason.SAME_TEXT])
    return list(dict.fromkeys(hints))


def _is_one_text(pages: Sequence[IngestResult]) -> bool:
    texts = Counter(page.article.text for page in pages if page.article)
    return texts.total() >= _MIN_ALIKE and len(texts) == 1


def _source_advice(site: Site, sources: Sequence[SourceRead]) -> Iterator[str]:
    for source in sources:
        if source.reason in _SOURCE_ADVICE:
            yield f"{source.kind}: {_SOURCE_ADVICE[source.reason]}"
    readable = [source for source in sources if not source.problem]
    if readable and not any(source.links for source in readable):
        if site.take or site.leave:
            yield "`take` and `leave` let no link through"
        else:
            yield "its sources have no links to articles: name other `feeds` or `sitemaps`"


_MAX_SAMPLES = 5
# Pages with one text: two may be one article at two addresses.
_MIN_ALIKE = 3
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
    """For text from the web: no markup, no control characters, no wrapping."""
    console.print(Text(printable_line(line), style), soft_wrap=True)


def printable_line(line: str) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return " " * indent + printable(line)[: _LINE_CHARS * 3].strip()


def _source(source: SourceRead) -> str:
    name = f"{source.kind} {source.url}"
    if source.problem:
        return f"{name}: {source.problem}"
    newest = f", the newest of {source.newest}" if source.newest else ""
    return f"{name}: {source.links} links{newest}"


def _article(article: Article) -> Iterator[str]:
    yield article.title or "(no title)"
    metadata = (article.published, article.section, article.author, article.language)
    yield " · ".join(part or "?" for part in metadata)
    yield article.url or ""
    yield shorten(article.paragraphs[0])
    if len(article.paragraphs) > 1:
        yield f"… {len(article.paragraphs)} paragraphs, the last:"
        yield shorten(article.paragraphs[-1])
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
        return f"{len(trial.articles)} articles would be stored."
    return "Nothing would be stored."


def shorten(text: str, max_chars: int = _LINE_CHARS) -> str:
    text = printable(text)
    return text if len(text) <= max_chars else text[: max_chars - 1].rstrip() + "…"


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--pages", default=5, show_default=True, help="Article pages of each site.")
@click.option("--url", help="Only this article, of the one site that is named.")
@click.pass_obj
def check(context: Context, names: tuple[str, ...], pages: int, url: str | None) -> None:
    """Fetch a few pages of each site and show what would be stored. Stores nothing.

    Without a name, every site is checked. Exits with 1 if a site yields no article.
    """
    if url and len(names) != 1:
        raise click.UsageError("--url needs the name of one site")
    sites = selected_sites(context, names)
    # Problems of sources are in the report; only our own errors go to the log.
    logging.basicConfig(level=logging.ERROR)
    trials = run_trials(sites, pages, url)
    console = Console(highlight=False)
    for site in sites:
        report(console, site, trials[site.name])
    sys.exit(0 if all(trial.articles for trial in trials.values()) else 1)


def selected_sites(context: Context, names: Sequence[str]) -> list[Site]:
    loaded = load_sites(context.sites)
    for error in loaded.errors:
        click.echo(printable(str(error)), err=True)
    for name in names:
        if name not in loaded.sites:
            hint = did_you_mean(name, loaded.sites)
            raise click.ClickException(f"no site is called {name!r} {hint}".strip())
    named = [loaded.sites[name] for name in names]
    return named or [site for site in loaded.sites.values() if site.enabled]


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
