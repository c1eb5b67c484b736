"""Why a part of a byline is no name: a place, a role, a button, an account, a date."""

import re

from pipelines.cleaning.credit_lines import agency
from pipelines.dates.date_lines import is_date_line, label
from pipelines.dates.names import in_calendar
from pipelines.metadata.author_rules import IDEOGRAPHS, JOIN, NameContext, rules
from pipelines.metadata.name_surroundings import is_role
from text.folding import fold_name
from text.folding import fold_phrase as fold

MAX_CHARS = 80  # of a name
_MAX_WORDS = 7
_MAX_IDEOGRAPHS = 10  # of a person or a department
# An account's name: one word of lower-case Latin letters, or one with digits, dots, underscores.
_ACCOUNT = re.compile(r"[a-z0-9_.-]+$|\w*+[._]\w+$|\w*\d\w*$")


def fault_of_name(name: str, context: NameContext, *, is_link: bool) -> str | None:
    """Why it is no name, None: it is one."""
    folded = fold(name)
    words = name.split()
    if not any(c.isalpha() for c in name):
        return "no name in it"
    if not 2 <= len(name) <= MAX_CHARS or len(words) > _MAX_WORDS or name.endswith("…"):
        return "too long or too short for a name"
    if name.startswith("#"):
        return "a tag"
    if folded in rules().others or all(fold(word) in rules().others for word in words):
        return "a button or a heading, no name"
    if folded in context.own_names and not _owns_the_site(folded, context.host):
        return "the site's own name or a section's"
    return _fault_of_words(name, words, is_link=is_link)


def _owns_the_site(folded: str, host: str) -> bool:
    """`Ann Lee` of `annlee.example`; `Gulf News` is an outlet's name."""
    words = folded.split()
    return (
        2 <= len(words) <= 3 and "".join(words) in host and rules().outlet_words.isdisjoint(words)
    )


def _fault_of_words(name: str, words: list[str], *, is_link: bool) -> str | None:
    if fold(name) in rules().towns:
        return "a place"
    if agency(name) is None and (is_role(words[:2]) or _is_modified_role(words)):
        return "a role, no name"
    if _is_account(name, is_link=is_link) and agency(name) is None:
        return "an account, no name"
    if JOIN.match(f" {words[0]} ") or (name.isascii() and len(words) > 1 and name.islower()):
        return "no name in it"
    if len(words) == 1 and IDEOGRAPHS.fullmatch(name) and len(name) > _MAX_IDEOGRAPHS:
        return "too long or too short for a name"
    if len(words) <= 2 and label(name) is not None:
        return "a date"
    if is_date_line(name) or (len(words) == 1 and in_calendar(fold_name(name))):
        return "a date"
    return "mostly digits" if sum(c.isdigit() for c in name) > 2 else None


def _is_modified_role(words: list[str]) -> bool:
    return fold_name(words[0]) in rules().modifiers and is_role(words[1:3])


def _is_account(name: str, *, is_link: bool) -> bool:
    if len(name) == 2 and name.isascii() and not name.istitle():
        return True
    return bool(_ACCOUNT.match(name)) and not (is_link and name.isalpha())


def names_newsroom(name: str, context: NameContext) -> bool:
    """Whether it is the site's own name or its editors' («هيئة التحرير»)."""
    return fold(name) in rules().newsrooms or names_site(name, context)


def names_site(name: str, context: NameContext) -> bool:
    return fold(name) in context.site_names


def is_organisation(name: str, context: NameContext) -> bool:
    """Whether it names an agency, a firm, an office."""
    folded = fold(name)
    words = folded.split()
    return (
        folded in context.organisations
        or agency(name) is not None
        or not rules().organisation_words.isdisjoint(map(fold_name, words))
    )
