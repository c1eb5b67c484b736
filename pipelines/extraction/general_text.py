"""What trafilatura takes for a page's text, as a witness: which blocks are in it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from html import unescape

import trafilatura
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement
from trafilatura.utils import repair_faulty_html

from text.characters import BECOME_MARKS, MAX_MARKS, stream_safe
from text.folding import fold_lines

# trafilatura deletes U+200C, which Persian words need: a private-use character stands in for it.
_ZWNJ, _SENTINEL = "\u200c", "\ue00c"
_MIN_SUBSTRING_CHARS = 40
# Of all searches for a block in the text: 500 blocks in a text of 100 000 characters.
_MAX_SEARCHED_CHARS = 50_000_000


def general_text(document: str) -> str:
    """Trafilatura's text of a document without control characters, a line a paragraph; empty when it
    finds none, or fails. Never with its `deduplicate`, whose state outlives the page.
    """
    if _is_unsafe(document):
        return ""
    try:
        tree = _tree(document.replace(_ZWNJ, _SENTINEL))
        text = tree is not None and trafilatura.extract(
            tree,
            include_comments=False,
            # Its fallbacks double the cost and do not help the witness (F1 .9485, .9489).
            fast=True,
            deduplicate=False,
        )
    except MemoryError:
        raise
    except Exception:  # a witness is worth no article
        return ""
    return (text or "").replace(_SENTINEL, _ZWNJ)


_BEGINNING_CHARS, _MIN_REPAIRED_CHARS = 50, 4096


def _tree(document: str) -> HtmlElement | None:
    """The tree that trafilatura would parse the document into, in 2.5 ms where it takes 5.5: it would
    look for control characters once more, and have each element's class asked for in Python.
    """
    beginning = document[:_BEGINNING_CHARS].lower()
    # Nothing of what it repairs stands further down.
    end = document.find("\n", _MIN_REPAIRED_CHARS) + 1 or len(document)
    repaired = repair_faulty_html(document[:end], beginning) + document[end:]
    tree = lxml_html.fromstring(repaired.encode("utf-8", "surrogatepass"), parser=_parser())
    return tree if "html" in beginning or len(tree) > 1 else None


@cache
def _parser() -> etree.HTMLParser:
    """Trafilatura's, but for the class of its elements."""
    parser = etree.HTMLParser(
        collect_ids=False,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
    )
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


_MARKUP = re.compile("<[^<>]*+>")
# Of the references those that may be a combining mark and nothing else.
_REFERENCE = re.compile("&(?:#[0-9]++|#[xX][0-9a-fA-F]++|DownBreve|tdot|TripleDot|DotDot);?")
_ASCII = bytes(range(128))


def _is_unsafe(document: str) -> bool:
    """Whether its text has a run of combining marks that trafilatura would sort for minutes."""
    if _count_marks(document) <= MAX_MARKS:  # of nearly all pages
        return False
    text = _REFERENCE.sub(lambda reference: unescape(reference[0]), document)
    text = _MARKUP.sub("", text)
    return stream_safe(text) != text


def _count_marks(document: str) -> int:
    """How many characters of the document are combining marks, or become some, references included."""
    text = ""
    if not document.isascii():
        beyond_ascii = document.encode("utf-8", "surrogatepass").translate(None, _ASCII)
        text = beyond_ascii.decode("utf-8", "surrogatepass")
    references = Counter(_REFERENCE.findall(document) if "&" in document else ())
    count = sum(map(text.count, filter(_is_mark, set(text))))
    return count + sum(
        times * sum(map(_is_mark, unescape(reference))) for reference, times in references.items()
    )


def _is_mark(letter: str) -> bool:
    return bool(unicodedata.combining(letter)) or letter in BECOME_MARKS


def agreement(folded: Sequence[str], text: str) -> list[bool]:
    """For each folded block whether `text` has it: as a line, or inside one when it is long."""
    lines = set(fold_lines(text.splitlines()))
    joined = " \n ".join(sorted(lines))
    searches = _MAX_SEARCHED_CHARS // max(1, len(joined))
    agreed = []
    for block in folded:
        has_block = bool(block) and block in lines
        if not has_block and len(block) >= _MIN_SUBSTRING_CHARS and searches > 0:
            searches -= 1
            has_block = block in joined
        agreed.append(has_block)
    return agreed
