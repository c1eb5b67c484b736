"""The reasons of a page on a terminal: the sources of each field, and each line with why it stays or goes."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import click
from rich.text import Text

from items import Page, Site
from pipelines.explain import ExplainedLine, PageExplanation, explain_page
from pipelines.metadata.witnesses import TAKEN
from pipelines.workers.pool import LocalRefiner, NoWorkers
from pipelines.workers.worker_tasks import WorkerLost
from text.terminal import isolated, printable, shorten

_MAX_LINE_CHARS = 160


def explained(page: Page, site: Site) -> PageExplanation:
    """In a worker, within the limits of a page. Raises ClickException."""
    with closing(LocalRefiner(1)) as refiner:
        try:
            return asyncio.run(refiner.run(explain_page, page, site)).explanation
        except (NoWorkers, WorkerLost) as error:
            raise click.ClickException(str(error)) from error


def explanation_lines(explanation: PageExplanation) -> Iterator[Text]:
    """What a stranger wrote stands last in its line, isolated from the words before it."""
    if explanation.outcome == "article":
        yield Text("article", "bold green")
    else:
        yield Text.assemble(
            ("no article: ", "bold red"),
            f"{printable(explanation.outcome)}: {isolated(explanation.detail)}",
        )
    field = ""
    for witness in explanation.fields:
        if witness.field != field:
            field = witness.field
            yield Text(f"\n{field}", "bold")
        style = "green" if witness.verdict == TAKEN else "dim"
        place = f"  {printable(witness.verdict):22} {printable(witness.source):22} "
        yield Text.assemble((place, style), isolated(witness.value))
    if explanation.lines:
        kept = sum(line.reason is None for line in explanation.lines)
        yield Text(f"\nlines: {kept} of {len(explanation.lines)} are text", "bold")
    yield from map(_line, explanation.lines)


def _line(line: ExplainedLine) -> Text:
    probability = "    " if line.probability is None else f"{line.probability:4.2f}"
    text = shorten(line.text, _MAX_LINE_CHARS)
    if line.reason is None:
        return Text.assemble((f"+ {probability} {'text':33} ", "green"), isolated(text))
    reason = f"{printable(line.reason)}, by {line.step}"
    return Text.assemble((f"- {probability} {reason:33} ", "red"), (isolated(text), "dim"))
