"""The card of a data set: its front matter for programs, and for people what it holds, whence, and what
may be done with it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from storage.article_rows import Row
from storage.formats.corpus_facts import CorpusFacts
from storage.formats.front_matter import YamlValue, front_matter
from storage.formats.markdown import escaped_line
from storage.rights import rights_of
from text.counted import counted

_SIZES = (
    *((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")),
    (10_000_000, "1M<n<10M"),
)
_LARGEST = "10M<n<100M"
# A hostile corpus has as many licences as pages.
_MAX_SHOWN = 1_000


@dataclass(slots=True)
class CardCounts:
    """What the card says of the articles, counted as they pass."""

    articles: int = 0
    words: int = 0
    gone: int = 0
    reserved: int = 0
    sites: Counter[str | None] = field(default_factory=Counter)
    languages: Counter[str | None] = field(default_factory=Counter)
    years: Counter[str | None] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    reservations: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row) -> Row:
        self.articles += 1
        self.words += row["words"]
        self.gone += row["gone_at"] is not None
        self.reserved += row["reserved"] is not None
        self.sites[row["site"]] += 1
        self.languages[row["language"]] += 1
        self.years[row["published"][:4] if row["published"] else None] += 1
        self.reservations.update((row["reserved"] or "").split(", ") if row["reserved"] else [])
        if len(self.licences) < _MAX_SHOWN:
            self.licences.update(_licences(row))
        return row


def _licences(row: Row) -> Iterator[str]:
    for statement in rights_of(row["rights"]).statements if row["rights"] else ():
        if statement.until is None and "license" in statement.term.lower():
            yield statement.value


def card(counts: CardCounts, facts: CorpusFacts) -> str:
    """Markdown with a front matter of YAML."""
    sections = (
        ("Articles", _articles(counts)),
        ("Outlets", _outlets(counts, facts)),
        ("Languages", _table(("language", "articles"), counts.languages.most_common())),
        ("Years", _table(("year of publication", "articles"), _by_year(counts))),
        ("Selection", _selection(facts)),
        ("How it was made", _making(facts)),
        ("Rights", _rights(counts, facts)),
        ("Loading", _LOADING),
        ("Citing", _citing(facts)),
    )
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections)
    return f"{front_matter(_metadata(counts))}\n# {_name(facts)}\n\n{body}\n"


def _metadata(counts: CardCounts) -> dict[str, YamlValue | None]:
    """As the hub's card validation has it: a list of languages by code; a licence that is no one's own."""
    files: list[YamlValue] = [{"split": "train", "path": "data/train-*.parquet"}]
    return {
        "pretty_name": "News articles collected by Warraq",
        "language": sorted(filter(None, counts.languages)),
        "license": "other",
        "license_name": "as-declared-by-each-site",
        "size_categories": [_size(counts.articles)],
        "task_categories": ["text-generation", "fill-mask", "text-classification", "summarization"],
        "tags": ["news"],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _size(articles: int) -> str:
    return next((size for end, size in _SIZES if articles < end), _LARGEST)


def _name(facts: CorpusFacts) -> str:
    search = facts.selection.search
    return f"News articles: {escaped_line(search)}" if search else "News articles"


def _articles(counts: CardCounts) -> str:
    return (
        f"{counted(counts.articles, 'article')}, {counted(counts.words, 'word')}; "
        f"{counts.gone} of them gone from their site since, {counts.reserved} with a reservation of "
        "data mining or AI."
    )


def _outlets(counts: CardCounts, facts: CorpusFacts) -> str:
    rows = [
        (
            facts.outlet(site) or "imported",
            getattr(facts.outlets.get(site or ""), "homepage", ""),
            n,
        )
        for site, n in counts.sites.most_common()
    ]
    return _table(("outlet", "address", "articles"), rows)


def _by_year(counts: CardCounts) -> list[tuple[str, int]]:
    return sorted((year or "not known", count) for year, count in counts.years.items())


def _selection(facts: CorpusFacts) -> str:
    chosen = list(facts.choices())
    return _table(("filter", "value"), chosen) if chosen else "All articles of the corpus."


def _making(facts: CorpusFacts) -> str:
    return (
        f"Collected from the sites' own feeds, sitemaps and pages, refined to the article's text and "
        f"freed of duplicates by {escaped_line(facts.software)}; written at {facts.made_at}. `kinds` says what "
        "each paragraph of `text` is (a heading, an item of a list, a row of a table). Times are UTC; "
        "`first_seen` and `last_seen` are when the text was fetched."
    )


def _rights(counts: CardCounts, facts: CorpusFacts) -> str:
    left_out = [
        *(["those that are gone from their site"] if facts.selection.without_gone else []),
        *(["those with a reservation"] if facts.selection.without_reserved else []),
    ]
    about = (
        "The texts are their publishers'. What a site declares of an article's use is in its column "
        f"`rights`, and what it reserves in `reserved`. Left out: {', '.join(left_out) or 'nothing'}."
    )
    tables = (
        (("reservation", "articles"), counts.reservations),
        (("licence declared", "statements"), counts.licences),
    )
    shown = [_table(head, counter.most_common(_MAX_SHOWN)) for head, counter in tables if counter]
    return "\n\n".join([about, *shown])


_LOADING = """```python
from datasets import load_dataset

articles = load_dataset("PATH_OF_THIS_FOLDER", split="train")
```"""


def _citing(facts: CorpusFacts) -> str:
    return (
        "Cite an article by its outlet, title, `published` and `url`, with its `id`; and the data set as "
        f"“{_name(facts)}, collected with {escaped_line(facts.software)}, {facts.made_at[:10]}”."
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, ("---",) * len(head)]
    lines += [
        tuple(escaped_line("not known" if c is None else str(c)) for c in row) for row in rows
    ]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in lines)
