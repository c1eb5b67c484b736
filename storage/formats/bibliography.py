"""What a bibliography has of an article, as plain fields; BibTeX and RIS write it."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.article_rows import Row, author_names
from storage.formats.corpus_facts import CorpusFacts, tags_of
from storage.formats.xml_text import ascii_address
from text.normalise import squeeze


@dataclass(frozen=True, slots=True)
class Citation:
    """Texts on one line each. `key` is of ASCII, and no other article has it; `seen`: the day on which
    the text was fetched last; `url` is of ASCII.
    """

    key: str
    id: str
    title: str
    authors: tuple[str, ...]
    outlet: str
    section: str
    language: str
    url: str
    published: date | None
    seen: date | None
    tags: tuple[str, ...]
    note: str


def citation(row: Row, facts: CorpusFacts) -> Citation:
    """An article without an author is credited to its agency."""
    site = "".join(c for c in row["site"] or "" if c.isascii() and (c.isalnum() or c == "-"))
    return Citation(
        key=f"{site or 'article'}-{row['id']}",
        id=row["id"],
        title=_line(row["title"]),
        authors=author_names(_line(row["author"])) or tuple(filter(None, [_line(row["agency"])])),
        outlet=_line(facts.outlet(row["site"])),
        section=_line(row["section"]),
        language=_line(row["language"]),
        url=ascii_address(row["url"] or ""),
        published=day_of(row["published"]),
        seen=day_of(row["last_seen"]),
        tags=tuple(filter(None, map(_line, tags_of(row)))),
        note=_note(row),
    )


def day_of(time: str | None) -> date | None:
    try:
        return datetime.fromisoformat(time or "").date()
    except ValueError:
        return None


def _note(row: Row) -> str:
    gone = day_of(row["gone_at"])
    words = [f"Warraq article {row['id']}"]
    return "; ".join(words + ([f"gone from its site since {gone}"] if gone else []))


def _line(text: str | None) -> str:
    """Without what cannot stand in a line: breaks, controls."""
    return squeeze("".join(c if c.isprintable() or c in _KEPT else " " for c in text or ""))


# Joiners and marks of direction are no printable characters, and Arabic and Persian are written with them.
_KEPT = "\u200c\u200d\u200e\u200f\u061c"
