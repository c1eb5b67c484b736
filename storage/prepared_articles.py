"""What storing an article needs of its text alone: computed once, by whoever refined it, and sent along
with it. Of an article that came without, or that the writer has changed, it is computed when asked for.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from items import Article, LineKind, RemovedLine
from storage.article_rows import Row, article_row
from storage.boilerplate.learn import ShortLine, short_lines
from storage.duplicates.shingles import (
    SHORTEST,
    TokenisedText,
    fingerprint,
    put_tokens,
    tokenise,
)
from storage.rights import rights_columns
from text.folding import fold_paragraphs
from text.normalise import normalise_article, normalise_url
from text.search_folding import fold_for_search
from text.urls import article_id

# Columns whose words the search finds.
SEARCHED = ("title", "text", "agency", "author")


class PreparedText:
    """Of a normalised article. `row`: the columns that come from the article itself, to be copied and
    not changed.
    """

    def __init__(self, row: Row, paragraphs: Sequence[str]) -> None:
        self.row = row
        self._paragraphs = paragraphs

    @cached_property
    def lines(self) -> list[ShortLine]:
        """As `short_lines` has them."""
        return short_lines(self._paragraphs)

    @cached_property
    def tokens(self) -> TokenisedText | None:
        """None: the text is too short to be compared."""
        is_long = len(self.row["text"]) >= SHORTEST
        return tokenise(fold_paragraphs(self._paragraphs)) if is_long else None

    @cached_property
    def searched(self) -> dict[str, str]:
        """The SEARCHED columns as the index has them, by what they are."""
        values = [self.row[name] for name in SEARCHED]
        return {value: fold_for_search(value) for value in values if value}

    def cache_tokens(self) -> None:
        """Have the text's tokens found by all that compare texts, if they have been computed."""
        if tokens := self.__dict__.get("tokens"):
            put_tokens(fingerprint(self.row), tokens)

    def complete(self) -> None:
        """Compute all that is computed when asked for."""
        _ = self.lines, self.tokens, self.searched

    def __reduce__(self) -> tuple[Callable[..., "PreparedText"], tuple[Any, ...]]:
        """Strings that the article has too are pickled once. As objects, lines and hashes would take
        ten times as long to be read.
        """
        columns = {name: value for name, value in self.row.items() if name != "text"}
        hashes = array("q", [line.hash for line in self.lines])
        places = array("q", [line.place for line in self.lines])
        tokens = self.tokens
        packed = (
            (tokens.folded, tokens.order.tobytes(), tokens.shingles.tobytes()) if tokens else None
        )
        # One object where both foldings agree, which they do in most texts.
        folded = tokens.folded if tokens else ""
        searched = tuple(
            folded if value == folded else value
            for value in (self.searched.get(self.row[name] or "", "") for name in SEARCHED)
        )
        parts = (tuple(columns), tuple(columns.values()), self._paragraphs)
        return _unpacked, (*parts, hashes.tobytes(), places.tobytes(), packed, searched)


def _unpacked(
    names: tuple[str, ...],
    values: tuple[Any, ...],
    paragraphs: Sequence[str],
    hashes: bytes,
    places: bytes,
    packed: tuple[str, bytes, bytes] | None,
    searched: tuple[str, ...],
) -> PreparedText:
    text = PreparedText(
        dict(zip(names, values, strict=True)) | {"text": "\n\n".join(paragraphs)}, paragraphs
    )
    # A place is an index, from the start or from the end.
    lines = zip(array("q", hashes), array("q", places), strict=True)
    text.lines = [ShortLine(paragraphs[place], hash_, place) for hash_, place in lines]
    text.tokens = None
    if packed:
        folded, order, shingles = packed
        arrays = (np.frombuffer(part, np.uint64) for part in (order, shingles))
        # A string that SQLite has been given keeps its UTF-8 for as long as it lives, here 3 kB in the
        # cache of tokens: what is searched and what is compared are two objects.
        text.tokens = TokenisedText(folded[:1] + folded[1:], *arrays)
    pairs = ((text.row[name], folded) for name, folded in zip(SEARCHED, searched, strict=True))
    text.searched = {value: folded for value, folded in pairs if value}
    return text


def prepare(article: Article) -> Article:
    """The article as it is stored, with all that storing it needs and no database. In a worker."""
    article = as_stored(article)
    prepared_text(article).complete()
    return article


def as_stored(article: Article) -> Article:
    """The article as the database gives it back. Raises ValueError where kinds and paragraphs differ in
    number.
    """
    if article.prepared is None:
        article = normalise_article(article)
        prepared_text(article)
    return article


def prepared_text(article: Article) -> PreparedText:
    """Of an article that is normalised."""
    if article.prepared is None:
        row = article_row(article) | rights_columns(article.rights)
        # Not a part of the article's value: it is computed from that, and kept with it.
        object.__setattr__(article, "prepared", PreparedText(row, article.paragraphs))
    text: PreparedText = article.prepared
    return text


def at_url(article: Article, url: str, address: str | None) -> Article:
    """The article, known by `url`. Its text is as it was, and what was computed of it."""
    changed = replace(article, id=article_id(url), url=url, address=address)
    if article.prepared is not None:
        old: PreparedText = article.prepared
        text = PreparedText(old.row, article.paragraphs)
        text.__dict__.update(old.__dict__)
        text.row = old.row | {"id": changed.id, "url": normalise_url(url)}
        object.__setattr__(changed, "prepared", text)
    return changed


def recut(
    article: Article,
    paragraphs: tuple[str, ...],
    kinds: tuple[LineKind, ...],
    removed: tuple[RemovedLine, ...],
) -> Article:
    """The article with fewer, or more, of the lines that it was extracted with. They need not be
    normalised again where they have been.
    """
    changed = replace(article, paragraphs=paragraphs, kinds=kinds, removed=removed)
    if article.prepared is not None:
        prepared_text(changed)
    return changed
