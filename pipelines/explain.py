"""Why a page was refined as it was: for each field what every source says of it, for each line of the page
why it stays or goes. By the refinement itself, which leaves a trace of its steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from items import Article, Page, Rejected, RemovedLine, Site
from pipelines.cleaning.clean_lines import Cleaned
from pipelines.extraction.extract import Extracted, judge_blocks
from pipelines.metadata.embedded_text import declared_text
from pipelines.metadata.metadata import Metadata
from pipelines.metadata.witnesses import FIELDS, Witness, with_chosen
from pipelines.refine import RefinementTrace, refine
from text.folding import fold
from text.normalise import tidy

# The line is not among the paragraphs, since it is a field of the article.
_FIELD_LINES = ("title", "section", "source")


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """`reason` is why the line goes; None: it is text. `step` is what removed it, or was the last to
    leave it: blocks are judged in the `extraction`, lines in the `cleaning`, and `learned` is what the
    site's articles have in common. `probability`: that its block is the article's; None: not asked.
    """

    text: str
    reason: str | None
    step: Literal["extraction", "cleaning", "learned"]
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class PageExplanation:
    """`outcome` is `article`, or the word for why there is none, with a sentence as `detail`."""

    outcome: str
    detail: str = ""
    fields: tuple[Witness, ...] = ()
    lines: tuple[ExplainedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedPage:
    outcome: Article | Rejected
    explanation: PageExplanation


def explain_page(page: Page, site: Site) -> ExplainedPage:
    """The outcome is that of `refine`. A page that refinement gave up early has neither fields nor lines."""
    trace = RefinementTrace()
    outcome = refine(page, site, trace)
    rejected = outcome if isinstance(outcome, Rejected) else None
    explanation = PageExplanation(
        rejected.reason if rejected else "article",
        rejected.detail if rejected else "",
        _fields(trace, outcome),
        tuple(_lines(trace, site)),
    )
    return ExplainedPage(outcome, explanation)


def with_removed(explanation: PageExplanation, removed: Sequence[RemovedLine]) -> PageExplanation:
    """With the lines that storing removed of it: those learned from the site."""
    learned = [line for line in removed if line.reason == "learned"]
    texts = {line.text for line in learned}
    lines = [
        replace(line, reason="learned", step="learned")
        if line.reason is None and line.text in texts
        else line
        for line in explanation.lines
    ]
    return replace(explanation, lines=tuple(lines))


def explanation_json(explanation: PageExplanation) -> dict[str, Any]:
    """`outcome`, `detail`, `fields` (lists by field's name), `lines`."""
    fields: dict[str, list[dict[str, str]]] = {}
    for witness in explanation.fields:
        row = {"source": witness.source, "value": witness.value, "verdict": witness.verdict}
        fields.setdefault(witness.field, []).append(row)
    lines = [{"kept": line.reason is None} | asdict(line) for line in explanation.lines]
    return {
        "outcome": explanation.outcome,
        "detail": explanation.detail,
        "fields": fields,
        "lines": lines,
    }


def _fields(trace: RefinementTrace, outcome: Article | Rejected) -> tuple[Witness, ...]:
    chosen = trace.metadata
    if chosen is None:
        return ()
    if isinstance(outcome, Article):  # a date line of the text, and the words themselves, come last
        chosen = replace(chosen, published=outcome.published, language=outcome.language)
    return with_chosen(chosen.witnesses, {field: getattr(chosen, field) for field in FIELDS})


def _lines(trace: RefinementTrace, site: Site) -> Iterator[ExplainedLine]:
    extracted, cleaned, tree = trace.extracted, trace.cleaned, trace.tree
    if extracted is None or cleaned is None or tree is None or trace.metadata is None:
        return
    judged = judge_blocks(tree, extracted.page, trace.document, site, declared_text(tree))
    within = {id(block): at for at, block in enumerate(extracted.blocks)}
    inside = list(_within(extracted, cleaned, trace.metadata))
    blocks = extracted.page or extracted.blocks
    for number, block in enumerate(blocks):
        probability = round(judged[number].probability, 3) if judged else None
        at = within.get(id(block))
        if at is not None:
            yield replace(inside[at], probability=probability)
        elif text := tidy(block.text):
            reason = judged[number].reason or "caption" if judged else "layout"
            if trace.metadata.title and fold(text) == fold(trace.metadata.title):
                reason = _FIELD_LINES[0]
            yield ExplainedLine(text, reason, "extraction", probability)


def _within(extracted: Extracted, cleaned: Cleaned, metadata: Metadata) -> Iterator[ExplainedLine]:
    """The lines from the article's first to its last."""
    removed = {line.position: line for line in cleaned.removed}
    kept = iter(cleaned.paragraphs)
    paragraph = next(kept, None)
    position = len(extracted.above)
    for line, reason in zip(extracted.lines, extracted.reasons, strict=True):
        step: Literal["extraction", "cleaning"] = "cleaning" if reason is None else "extraction"
        if position in removed and removed[position].text == line:
            yield ExplainedLine(line, removed[position].reason, step)
        elif line == paragraph:
            paragraph = next(kept, None)
            yield ExplainedLine(line, None, step)
        else:
            yield ExplainedLine(line, _field_of(line, metadata, cleaned), step)
            continue
        position += 1


def _field_of(line: str, metadata: Metadata, cleaned: Cleaned) -> str:
    title, section, source = _FIELD_LINES
    if metadata.title and fold(line) == fold(metadata.title):
        return title
    return source if cleaned.source and fold(cleaned.source) in fold(line) else section
