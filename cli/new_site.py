"""A site that is added: it is probed, its file is written, and its first articles are shown."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import click

from cli.main import Context
from cli.trial_advice import advice
from cli.trial_crawl import printable_line, rejected_lines, run_trials
from items import Reason, Site
from pipelines.workers.pool import NoWorkers
from pipelines.workers.refiner import local_refiner
from spiders.autodiscovery.editions import other_editions
from spiders.autodiscovery.probe import ProbeResult, probe
from spiders.crawl_resources import PRELOAD
from spiders.fetching.browser import RendererMissing, require_renderer
from spiders.fetching.errors import WrongFormat
from spiders.fetching.fetch import Fetch, Unreachable, run_with_fetch
from spiders.opml import Subscription, parse_opml
from spiders.project_settings import product_settings
from spiders.site_files import load_sites, read_site
from spiders.site_folders import NAME, SHIPPED
from spiders.site_writer import edition_name, name_for_site, site_text, write_site
from spiders.toml_errors import SiteFileError
from text.limits import MAX_OPML_BYTES
from text.terminal import printable, printable_lines, shorten

# Articles that are read of a site that is added.
_FIRST_ARTICLES = 3
_LINE_CHARS = 100


def subscription_of(url: str, name: str | None) -> Subscription:
    return Subscription(name or name_for_site(url), url)


def add_all(context: Context, file: Path, folder: Path, *, allow_private: bool) -> int:
    """Add the sites of an OPML file; how many could not be added, each of which stops no other."""
    failed = 0
    subscriptions = _read_opml(file)
    for number, subscription in enumerate(subscriptions, 1):
        click.echo(f"{number} of {len(subscriptions)}: {printable(subscription.url)}")
        try:
            add_site(context, subscription, folder, allow_private=allow_private)
        except click.ClickException as problem:
            failed += 1
            click.echo(f"not added: {problem.message}", err=True)
        click.echo()
    click.echo(f"{len(subscriptions) - failed} of {len(subscriptions)} sites were added")
    return failed


def _read_opml(file: Path) -> list[Subscription]:
    try:
        with file.open("rb") as stream:
            return parse_opml(stream.read(MAX_OPML_BYTES + 1))
    except (OSError, WrongFormat) as problem:
        raise click.ClickException(printable(f"{file}: {problem}")) from problem


def add_site(context: Context, wanted: Subscription, folder: Path, *, allow_private: bool) -> None:
    """Write the site's file into `folder`. Raises ClickException where there is no source of articles."""
    file = _free_file(context, wanted.name, folder)
    result, missing = _probe_rendered(wanted.url, allow_private)
    # A feed that the reader's owner chose may be one that the site does not announce.
    feeds = tuple(dict.fromkeys((*result.feeds, *wanted.feeds)))
    result = replace(result, feeds=feeds)
    _print_result(result)
    if not result.has_source:
        found = "no source of articles was found: no file was written"
        raise click.ClickException(f"{found}\n{missing}" if missing else found)
    _write(file, site_text(result, allow_private=allow_private))
    click.echo(f"\nwritten: {printable(str(file))}")
    for line in _edition_lines(context, result, ["--allow-private"] * allow_private):
        click.echo(printable_lines(line))
    if missing:
        click.echo(f"  → {printable(missing)}")
    else:
        _print_first_articles(read_site(file))
    click.echo(f"see what it gives: {context.command('check', wanted.name)}")


def _free_file(context: Context, name: str, folder: Path) -> Path:
    """The path to write, if there is no such file and no other site has the name."""
    if not NAME.fullmatch(name):
        raise click.BadParameter(
            "expected lower-case Latin letters, digits, - and _", param_hint="--name"
        )
    known = load_sites(context.sites).files.get(name)
    if known and known.parent == SHIPPED:
        raise click.ClickException(
            f"{name} is in the catalogue: `{context.command('add', name)}` chooses it; "
            "for a file of its own, choose another --name"
        )
    file = folder / f"{name}.toml"
    if existing := known or (file if file.exists() else None):
        raise click.ClickException(
            f"there is a site called {name} already, in {printable(str(existing))}: choose another --name"
        )
    return file


def _probe_rendered(url: str, allow_private: bool) -> tuple[ProbeResult, str]:
    """Of a site that is drawn by scripts, what its pages show in a browser; or what is missing for that."""
    result = _probe(url, allow_private)
    if not result.render:
        return result, ""
    try:
        require_renderer(product_settings()["WARRAQ_BROWSER"])
        rendered = _probe(url, allow_private, render=True)
    except RendererMissing as reason:
        return result, str(reason)
    return replace(rendered, render=True), ""


def _probe(url: str, allow_private: bool, *, render: bool = False) -> ProbeResult:
    async def task(fetch: Fetch) -> ProbeResult:
        return await probe(url, fetch, workers)

    click.echo(f"probing {printable(url)} …", err=True)
    workers = local_refiner(product_settings(), preload=PRELOAD)
    try:
        # On a private network there is no stranger to be polite to.
        delay = 0.0 if allow_private else 0.5
        return run_with_fetch(
            task,
            homepage=url,
            allow_private=allow_private,
            delay=delay,
            workers=workers,
            render=render,
        )
    except Unreachable as reason:
        raise click.ClickException(_unreachable(url, reason)) from reason
    except NoWorkers as reason:
        raise click.ClickException(str(reason)) from reason
    finally:
        workers.close()


def _unreachable(url: str, reason: Unreachable) -> str:
    if reason.reason == Reason.DNS:
        name = printable(urlsplit(url).hostname or url)
        return f"{name}: the name has no address: is it spelled right, and is there a network?"
    hint = "\n--allow-private allows it" if reason.reason == Reason.PRIVATE_ADDRESS else ""
    return printable(str(reason)) + hint


def _print_result(result: ProbeResult) -> None:
    facts = {
        "title": result.title,
        "homepage": result.homepage,
        "language": result.language or "unknown",
        "time zone": result.timezone or "unknown",
        "family": result.family,
    }
    for key, value in facts.items():
        click.echo(f"{key + ':':10} {printable(value)}")
    for heading, sentences in (("found:", result.found), ("tried:", result.tried)):
        if sentences:
            click.echo(heading)
        for sentence in sentences:
            click.echo(f"  {printable(sentence)}")


def _edition_lines(context: Context, result: ProbeResult, options: Sequence[str]) -> Iterator[str]:
    """Which edition was added, and the command that adds each of the others."""
    own, others = result.own, other_editions(result.own, result.editions)
    if own is None or not others:
        return
    yield f"this is the edition in {own.language or 'an unknown language'}, {own.home}"
    yield (
        "the outlet has others, each a site of its own:"
        if len(others) > 1
        else ("the outlet has another, a site of its own:")
    )
    for other in others:
        name = edition_name(other)
        command = context.command("add", other.home, "--name", name, *options)
        yield f"  {other.language}  {command}"


def _print_first_articles(site: Site) -> None:
    """Three of its articles as they would be stored, or why there are none."""
    if site.allow_private:
        site = replace(site, delay=0.0)
    trial = run_trials([site], _FIRST_ARTICLES, None)[site.name]
    click.echo(
        "its first articles:" if trial.articles else "none of its first pages is an article:"
    )
    for article in trial.articles:
        click.echo(f"  {printable(article.title or '(no title)')}")
        known = (article.published or "(no date)", article.author or "(no author)")
        click.echo(
            f"    {' · '.join(map(printable, known))} · {shorten(article.paragraphs[0], _LINE_CHARS)}"
        )
    for line in (*rejected_lines(trial), *filter(None, [trial.trouble])):
        click.echo(f"  {printable_line(line)}")
    for hint in advice(site, trial.sources, trial.pages):
        click.echo(f"  → {printable_line(hint)}")


def _write(file: Path, text: str) -> None:
    try:
        write_site(file, text)
    except FileExistsError as error:
        raise click.ClickException(f"{printable(str(file))} exists already") from error
    except (OSError, SiteFileError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.ClickException(f"cannot write {printable(str(file))}: {reason}") from error
