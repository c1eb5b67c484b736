"""Articles as BibTeX, in UTF-8, for biblatex with biber, and for BibTeX as far as it goes."""

from collections.abc import Iterable, Iterator

from storage.article_rows import Row
from storage.formats.bibliography import Citation, citation
from storage.formats.corpus_facts import CorpusFacts

# Braces must be balanced, escaped ones too: they are written by name.
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: "\\" + sign for sign in "#$%&_"},
    }
)
_LANGUAGES = {
    **{"ar": "arabic", "fa": "persian", "he": "hebrew", "ur": "urdu", "tr": "turkish"},
    **{"en": "english", "fr": "french", "de": "german", "es": "spanish", "it": "italian"},
    **{"pt": "portuguese", "nl": "dutch", "ru": "russian", "uk": "ukrainian", "pl": "polish"},
    **{"el": "greek", "sv": "swedish", "id": "indonesian", "hi": "hindi", "bn": "bengali"},
}


def write(rows: Iterable[Row], facts: CorpusFacts) -> Iterator[bytes]:
    yield f"% {facts.software}, {facts.made_at}\n".encode()
    for row in rows:
        yield entry(citation(row, facts)).encode()


def entry(cited: Citation) -> str:
    """An `@article` of its newspaper; `@online` where there is none."""
    kind = "article" if cited.outlet else "online"
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(cited) if value)
    return f"\n@{kind}{{{cited.key},\n{lines}}}\n"


def _fields(cited: Citation) -> Iterator[tuple[str, str]]:
    """An author stands in braces of its own: a name is taken as it is, not apart."""
    yield "author", " and ".join(f"{{{_latex(name)}}}" for name in cited.authors)
    yield "title", cited.title and f"{{{_latex(cited.title)}}}"
    yield "journal", _latex(cited.outlet)
    if cited.published:
        yield "date", cited.published.isoformat()
        yield "year", f"{cited.published.year:04d}"
        yield "month", str(cited.published.month)
    # Neither is typeset as text: they are no LaTeX.
    yield "url", cited.url
    yield "urldate", cited.seen.isoformat() if cited.seen else ""
    yield "langid", _LANGUAGES.get(cited.language, "")
    yield "language", _latex(cited.language)
    yield "keywords", _latex(", ".join(cited.tags))
    yield "note", _latex(cited.note)


def _latex(text: str) -> str:
    return text.translate(_LATEX)
