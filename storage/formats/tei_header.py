"""The headers of TEI: what an article is, whose, from where and when, and what may be done with it."""

import re
from collections.abc import Iterator
from datetime import datetime

from items import RightsStatement
from storage.article_rows import Row
from storage.formats.corpus_facts import CorpusFacts, tags_of
from storage.formats.xml_text import ascii_address, attribute_list, element, text
from storage.rights import rights_of

_WEB_ADDRESS = re.compile(r"https?://[^/?#:]+(?::\d{1,5})?(?:[/?#]|$)")
# Statements whose value is a licence, by a name or an address.
_LICENCES = ("license", "dcterms.license", "cc:license")


def corpus_header(facts: CorpusFacts) -> str:
    """Of a corpus: how it was selected, when and by what."""
    choices = "".join(
        element("p", f"Selected by {name}: {value}") for name, value in facts.choices()
    )
    size = "" if facts.count is None else f"<extent>{facts.count} articles</extent>"
    return (
        f"<teiHeader><fileDesc><titleStmt><title>News articles</title></titleStmt>{size}"
        f"<publicationStmt><p>Made by {text(facts.software)} "
        f"{_date(facts.made_at)}</p></publicationStmt>"
        "<sourceDesc><p>Articles of news sites, each with its source.</p></sourceDesc></fileDesc>"
        f"<encodingDesc>{_software(facts)}<samplingDecl>{choices or '<p>All articles.</p>'}"
        "</samplingDecl></encodingDesc></teiHeader>"
    )


def article_header(row: Row, facts: CorpusFacts) -> str:
    return (
        f"<teiHeader><fileDesc>{_title_statement(row)}"
        f'<extent><measure unit="words" quantity="{int(row["words"])}"/></extent>'
        f"{_publication(row, facts)}<sourceDesc>{_source(row, facts)}</sourceDesc></fileDesc>"
        f"{_profile(row)}</teiHeader>"
    )


def _title_statement(row: Row) -> str:
    title = element("title", row["title"], type="main") or "<title/>"
    return f"<titleStmt>{title}{element('author', row['author'])}</titleStmt>"


def _publication(row: Row, facts: CorpusFacts) -> str:
    publisher = element("publisher", facts.outlet(row["site"]) or "unknown")
    return (
        f"<publicationStmt>{publisher}{_date(row['published'], 'published')}"
        f'<idno type="warraq">{row["id"]}</idno>{element("idno", row["url"], type="URI")}'
        f"{_availability(row)}</publicationStmt>"
    )


def _source(row: Row, facts: CorpusFacts) -> str:
    """Where the text is from, and when it was there."""
    address = _target(row["url"])
    parts = (
        element("title", row["title"], level="a"),
        element("title", facts.outlet(row["site"]), level="j"),
        element("author", row["author"]),
        element("orgName", row["agency"], type="agency"),
        element("note", row["source"], type="source"),
        _date(row["published"], "published"),
        _date(row["modified"], "modified"),
        _date(row["first_seen"], "accessed"),
        _date(row["gone_at"], "gone"),
        element("note", row["access"], type="access"),
        f"<ptr{attribute_list(target=address)}/>" if address else "",
    )
    return f"<bibl>{''.join(parts)}</bibl>"


def _availability(row: Row) -> str:
    """What the site declares of the use, in its own words."""
    statements = [
        _statement(statement)
        for statement in rights_of(row["rights"]).statements
        if statement.until is None
    ]
    if not statements:
        return '<availability status="unknown"><p>Nothing is declared.</p></availability>'
    status = "restricted" if row["reserved"] else "unknown"
    return f'<availability status="{status}">{"".join(statements)}</availability>'


def _statement(statement: RightsStatement) -> str:
    words = f"{statement.term}: {statement.value} ({statement.source}, {statement.at})"
    if statement.term.lower() not in _LICENCES:
        return element("p", words)
    return element("licence", words, target=_target(statement.value))


def _target(url: str | None) -> str | None:
    """A web address as XML Schema takes it; None of any other."""
    address = ascii_address(url or "")
    return address if _WEB_ADDRESS.match(address) else None


def _profile(row: Row) -> str:
    terms = "".join(_terms(row))
    keywords = f"<textClass><keywords>{terms}</keywords></textClass>" if terms else ""
    # The language is on the text itself; here it would be said twice.
    return f"<profileDesc>{keywords}</profileDesc>" if keywords else ""


def _terms(row: Row) -> Iterator[str]:
    yield element("term", row["section"], type="section")
    for tag in tags_of(row):
        yield element("term", tag, type="tag")


def _software(facts: CorpusFacts) -> str:
    name, _, version = facts.software.partition(" ")
    return (
        f'<appInfo><application ident="warraq"{attribute_list(version=version)}>'
        f"<label>{name}</label></application></appInfo>"
    )


def _date(time: str | None, kind: str | None = None) -> str:
    return element("date", time, type=kind, when=_when(time))


def _when(time: str | None) -> str | None:
    """In the form of XML Schema: a day, or a time to the second; None: it is no time."""
    try:
        moment = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    if time and len(time) == len("2026-11-01"):
        return time
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
