"""Patterns of class names and addresses find what their plain, caseless forms find."""

import random
import re
from urllib.parse import unquote

import pytest

from pipelines.metadata import (
    bylines,
    other_articles,
    section_and_tag_links,
    shown_dates,
    title_context,
)
from pipelines.metadata.markup_patterns import (
    MAX_ADDRESS_CHARS,
    CaselessPattern,
    ClassPattern,
    words_of,
)

_CLASS_PATTERNS = {
    "aside": title_context._ASIDE,
    "article part": title_context._ARTICLE_PART,
    "embedded": other_articles._EMBEDDED,
    "section": section_and_tag_links._SECTION_NAME,
    "tags": section_and_tag_links._TAGS_NAME,
}
_ADDRESS_PATTERNS = {
    "section": section_and_tag_links._SECTION_PATH,
    "tag": section_and_tag_links._TAG_PATH,
    "cloud": section_and_tag_links._CLOUD_NAME,
    "author": bylines._AUTHOR_PATH,
    "person": bylines._PERSON_ADDRESS,
    "author of a headline": other_articles._AUTHOR,
}
_NAME_PATTERNS = {
    "author": bylines._AUTHOR_CLASS,
    "biography": bylines._BIOGRAPHY,
    "box of others": bylines._OTHERS_BOX,
    "date": shown_dates._DATED_NAME,
}
_PIECES = re.compile(r"[^\W\d_](?:[^\W\d_]|-(?=[^\W\d_]))*")
_BETWEEN = ("-", "_", " ", "", "--", "\t", "\x1c", "\N{NO-BREAK SPACE}", ".", "x")
_OTHER_PIECES = ("post-12", "ı", "\N{KELVIN SIGN}", "قسم", "col", "elementor-widget", "s", "")


def _variants(pieces: list[str], between: tuple[str, ...], dice: random.Random) -> str:
    """Pieces of a pattern in a row, some in other cases, in the plural or with a letter off."""
    parts: list[str] = []
    for piece in dice.choices((*pieces, *_OTHER_PIECES), k=dice.randint(1, 4)):
        change = dice.choice((str, str, str.upper, str.title, lambda p: p + "s", lambda p: p[:-1]))
        parts += (change(piece), dice.choice(between))
    return "".join(parts[: dice.choice((None, -1))])


def _found_alike(pattern: CaselessPattern, between: tuple[str, ...]) -> int:
    """How many of the generated texts both forms find; none is found by one alone."""
    dice = random.Random(20)
    pieces = _PIECES.findall(pattern._exact.pattern)
    found = 0
    for _ in range(6000):
        text = _variants(pieces, between, dice)
        plain = pattern._any_case.search(text) is not None
        assert pattern.is_in(text) == plain, text
        found += plain
    return found


@pytest.mark.parametrize("name", _CLASS_PATTERNS)
def test_a_class_pattern_finds_what_its_plain_form_finds(name: str) -> None:
    assert _found_alike(_CLASS_PATTERNS[name], _BETWEEN) > 50


@pytest.mark.parametrize("name", _ADDRESS_PATTERNS)
def test_an_address_pattern_finds_what_its_plain_form_finds(name: str) -> None:
    assert _found_alike(_ADDRESS_PATTERNS[name], ("/", "/", "?", "&", "=", "-", "", "#")) > 50


@pytest.mark.parametrize("name", _NAME_PATTERNS)
def test_a_pattern_of_names_finds_what_its_plain_form_finds(name: str) -> None:
    assert _found_alike(_NAME_PATTERNS[name], _BETWEEN) > 50


@pytest.mark.parametrize("name", ["tag", "section", "author", "person"])
def test_texts_are_searched_together_as_one_by_one(name: str) -> None:
    pattern, dice = _ADDRESS_PATTERNS[name], random.Random(20)
    pieces = _PIECES.findall(pattern._exact.pattern)
    between = ("/", "/", "?", "&", "=", "-", "", "#", "%2F", "%D8%A3")
    found = 0
    for _ in range(1500):
        texts = [_variants(pieces, between, dice) for _ in range(dice.randint(0, 12))]
        if dice.random() < 0.2:
            texts.append("/a\n" + _variants(pieces, between, dice))
        plain = {text for text in texts if pattern.is_in(text)}
        assert pattern.among(texts) == plain
        unquoted = {text for text in texts if pattern.is_in(unquote(text[:MAX_ADDRESS_CHARS]))}
        assert pattern.among_addresses(set(texts)) == unquoted
        found += len(plain)
    assert found > 50


def test_an_address_is_not_completed_by_the_next_one() -> None:
    pattern = section_and_tag_links._TAG_PATH
    assert pattern.among(["/x/tag/", "/x/tag/a", "/tag/", "?tag=", "/b"]) == {"/x/tag/a"}
    assert pattern.among([]) == pattern.among_addresses(set()) == set()
    assert pattern.among_addresses({"/" + "x" * MAX_ADDRESS_CHARS + "/tag/a"}) == set()


def test_every_single_word_of_a_class_pattern_is_found_alone() -> None:
    pattern = ClassPattern(r"(?:^|[\s_-])(?:tweets?|wp-embed)(?:$|[\s_])", "tweet embed")
    found = ["tweet", "TWEETS", "a_tweet b", "wp-embed x", "x Wp-Embed"]
    assert all(map(pattern.is_in, found))
    assert not any(map(pattern.is_in, ["", "retweet", "tweet-x", "wp_embed", "embed"]))


def test_words_of_class_names() -> None:
    assert words_of("Site-footer footer_Menu") == ("site", "footer", "footer", "menu")


def test_an_aside_by_its_names_is_what_the_plain_patterns_say() -> None:
    dice = random.Random(20)
    article, aside = title_context._ARTICLE_PART._any_case, title_context._ASIDE._any_case
    pieces = _PIECES.findall(f"{article.pattern} {aside.pattern}") + ["elementor-widget"] * 20
    outcomes = set()
    for _ in range(6000):
        names = _variants(pieces, _BETWEEN, dice)
        bare = title_context._ELEMENTOR_WIDGET.sub("elementor", names)
        plain = False if article.search(names) else (bool(aside.search(bare)) or None)
        assert title_context._is_aside_by_names(names) is plain, names
        outcomes.add(plain)
    assert outcomes == {True, False, None}


@pytest.mark.parametrize(
    ("name", "names"),
    [
        *(("embedded", n) for n in ("reddit-card", "Reddit-Embed x", "a tiktok-embed", "wp-embed")),
        *(
            ("embedded", n)
            for n in ("bluesky-embed", "telegram-post", "fb-video", "embedded-tweet")
        ),
        *(
            ("aside", n)
            for n in ("readalso", "READALSOS", "read-also", "top-bar", "jp-relatedposts")
        ),
        *(("aside", n) for n in ("most-read", "x elementor-posts", "widgetss", "site_Footer")),
        *(("article part", n) for n in ("entry-footer", "x post__tags", "single-categories")),
        *(("tags", n) for n in ("post-tags", "tagcloud", "Labels", "x_hashtag")),
        *(("section", n) for n in ("cat-links", "kickers", "article_section", "rubrik")),
    ],
)
def test_names_that_a_class_pattern_is_for(name: str, names: str) -> None:
    assert _CLASS_PATTERNS[name].is_in(names)
