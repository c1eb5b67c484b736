"""`warraq check`: crawl a few pages of a site, show what would be stored and what to change in its
file, store nothing.
"""

import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from cli.main import Context
from items import Article, Site
from pipelines.ingest.page import IngestResult
from spiders.crawl_resources import CrawlEvent, SourceRead
from spiders.runner import crawl_sites
from spiders.site_files import load_sites
from storage.database import StorageError
from text.suggestions import did_you_mean
from text.terminal import printable

# A word in a source's problem, and what helps.
_SOURCES = (
    ("private address", "the site is on a private network: set `allow_private = true`"),
    ("no address", "`homepage`: the name is not known; is it spelled right?"),
    ("robots.txt does not allow", "robots.txt closes it: name another source"),
    ("TLS", "`homepage`: try http:// instead of https://, if the site has it"),
    ("answers 403", "the site turns robots away; ask its owner"),
    ("answers 404", "it has moved: correct its address, or leave it out"),
    ("answers 410", "it has moved: correct its address, or leave it out"),
    ("asked to wait", "the site wants fewer requests: set a longer `delay`"),
    ("no complete answer in time", "the site is slow or down: try again later"),
)

# A page's reason, and what helps when no page was better.
_PAGES = {
    "noindex": "its pages say noindex; `honour_noindex = false` takes them all the same",
    "robots": "robots.txt closes its articles; they are left alone",
    "list_page": "what was found are lists, not articles: narrow `take`, or widen `leave`",
    "too_short": "no text was found in the pages: set `family`, or `body` in one of your own",
    "too_old": "every article is older than `since`",
    "off_site": "its articles are on another host: set `homepage` to that one",
    "http_403": "the site turns robots away; ask its owner",
    "not_wanted": "what was found are files, not pages: narrow `take`, or widen `leave`",
}


def advice(site: Site, sources: Sequence[SourceRead], pages: Sequence[IngestResult]) -> list[str]:
    """Sentences for a person, none twice."""
    hints = [*_on_sources(site, sources)]
    if not any(page.article for page in pages):
        hints += [_PAGES[page.reason] for page in pages if page.reason in _PAGES]
    return list(dict.fromkeys(hints))


def _on_sources(site: Site, sources: Sequence[SourceRead]) -> Iterator[str]:
    for source in sources:
        for words, hint in _SOURCES:
            if words in source.problem:
                yield f"{source.kind}: {hint}"
    answered = [source for source in sources if not source.problem]
    if answered and not any(source.links for source in answered):
        if site.take or site.leave:
            yield "`take` and `leave` let no link through"
        else:
            yield "what answers has no links to articles: name other `feeds` or `sitemaps`"


_SAMPLES = 5
_LINE = 100


@dataclass(slots=True)
class TrialCrawl:
    """What a site's crawl told while it ran; `trouble` is why it failed."""

    sources: list[SourceRead] = field(default_factory=list)
    pages: list[IngestResult] = field(default_factory=list)
    trouble: str = ""

    @property
    def articles(self) -> list[Article]:
        return [page.article for page in self.pages if page.article]


def report(console: Console, site: Site, found: TrialCrawl) -> None:
    print_line(console, f"{site.name}  {site.homepage}", "bold")
    for source in found.sources:
        print_line(console, f"  {_source(source)}", "red" if source.problem else "")
    for article in found.articles[:_SAMPLES]:
        for number, line in enumerate(_article(article)):
            print_line(console, f"    {line}" if number else f"  {line}", "" if number else "green")
    for line in _turned_away(found):
        print_line(console, f"  {line}", "yellow")
    if found.trouble:
        print_line(console, f"  {found.trouble}", "red")
    for hint in advice(site, found.sources, found.pages):
        print_line(console, f"  → {hint}", "cyan")
    print_line(console, f"  {_verdict(found)}")
    console.print()


def print_line(console: Console, line: str, style: str = "") -> None:
    """A line with text from the web in it: no markup, no control characters, no wrapping."""
    console.print(Text(printable_line(line), style), soft_wrap=True)


def printable_line(line: str) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return " " * indent + printable(line)[: _LINE * 3].strip()


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


def _turned_away(found: TrialCrawl) -> Iterator[str]:
    lost = [page for page in found.pages if page.article is None]
    for page in lost[:_SAMPLES]:
        yield f"{page.outcome}: {page.reason} {page.key} {page.detail}".rstrip()
    for reason, count in Counter(page.reason for page in lost[_SAMPLES:]).items():
        yield f"{count} more: {reason}"


def _verdict(found: TrialCrawl) -> str:
    if found.articles:
        return f"{len(found.articles)} articles would be stored."
    return "Nothing would be stored."


def _short(text: str, longest: int = _LINE) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


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
    sites = chosen(context, names)
    # What goes wrong with a source is in the report; only faults of ours go to the log.
    logging.basicConfig(level=logging.ERROR)
    findings = run_trials(sites, pages, url)
    console = Console(highlight=False)
    for site in sites:
        report(console, site, findings[site.name])
    sys.exit(0 if all(found.articles for found in findings.values()) else 1)


def chosen(context: Context, names: Sequence[str]) -> list[Site]:
    found = load_sites(context.sites)
    for error in found.errors:
        click.echo(printable(str(error)), err=True)
    for name in names:
        if name not in found.sites:
            near = did_you_mean(name, found.sites)
            raise click.ClickException(f"no site is called {name!r} {near}".strip())
    named = [found.sites[name] for name in names]
    return named or [site for site in found.sites.values() if site.enabled]


def run_trials(sites: Sequence[Site], pages: int, url: str | None) -> dict[str, TrialCrawl]:
    """The very crawl that would store, into a database that is thrown away."""
    findings = {site.name: TrialCrawl() for site in sites}

    def watch(name: str, event: CrawlEvent) -> None:
        found = findings[name]
        if isinstance(event, SourceRead):
            found.sources.append(event)
        else:
            found.pages.append(event)

    with tempfile.TemporaryDirectory(prefix="warraq-check-") as folder:
        try:
            results = crawl_sites(
                sites,
                Path(folder),
                limit=pages,
                url=url,
                on_event=watch,
                settings={"WARRAQ_ARCHIVE": False},
            )
        except StorageError as error:
            raise click.ClickException(str(error)) from error
    for result in results:
        findings[result.site].trouble = result.trouble
    return findings
