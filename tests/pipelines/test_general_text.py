"""The witness: a page's tree as trafilatura would have parsed it, and what it is not given."""

import pytest
import trafilatura
from pages import article_page

from pipelines.extraction.general_text import general_text

PARAGRAPH = "The council of the town voted on Monday to rebuild the wall along the market. " * 4
BODY = f"<body><article><p>{PARAGRAPH}</p><p>مجلس\u200cالمدينة {PARAGRAPH}</p></article></body>"
DOCUMENTS = {
    "whole": f"<!DOCTYPE html>\n<html><head><title>t</title></head>{BODY}</html>",
    "one line": f"<!DOCTYPE html><html>{BODY}</html>",
    "legacy doctype": f'<!DOCTYPE html SYSTEM "about:legacy-compat/">\n<html>{BODY}</html>',
    "closed html": f"<!DOCTYPE html>\n<html lang=en />\n{BODY}</html>",
    "XML declaration": f'<?xml version="1.0" encoding="iso-8859-6"?>\n<html>{BODY}</html>',
    "long head": f"<!DOCTYPE html>\n<html><head>{'<meta name=a>' * 999}\n\n</head>{BODY}</html>",
    "long head of a line": f"<html><head>{'<meta name=a>' * 999}</head>\n{BODY}</html>",
    "no html": BODY,
    "two paragraphs": f"<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p>",
    "one paragraph": f"<p>{PARAGRAPH}</p>",
    "text alone": PARAGRAPH,
    "scripts": f"<html><script>if (a < b) '</p>'</script>{BODY}<!-- <p>no</p> --></html>",
    "empty": "",
    "comment": "<!-- html -->",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_text_is_the_one_that_trafilatura_has_of_the_document(name: str) -> None:
    document = DOCUMENTS[name]
    spared = document.replace("\u200c", "\ue00c")
    text = trafilatura.extract(spared, include_comments=False, fast=True) or ""
    assert general_text(document) == text.replace("\ue00c", "\u200c")


def test_a_page_has_text() -> None:
    assert len(general_text(DOCUMENTS["whole"])) > 2 * len(PARAGRAPH.strip())


@pytest.mark.parametrize("mark", ["\u0301", "&#x301;", "&#769", "&DownBreve;", "\uff9e"])
@pytest.mark.parametrize("between", ["", "<b></b>", '<b title="ب"></b>'])
def test_thirty_marks_in_a_row_are_read_and_more_are_not(mark: str, between: str) -> None:
    page = article_page()
    assert general_text(page.replace("</p>", f"{(mark + between) * 30}</p>", 1))
    assert general_text(page.replace("</p>", f"{(mark + between) * 31}</p>", 1)) == ""


@pytest.mark.parametrize("mark", ["\u064b", "&#x64b;"])
def test_marks_that_stand_apart_are_read_however_many(mark: str) -> None:
    vowelled = f"كتاب{mark} " * 50
    assert general_text(article_page().replace("</p>", f"{vowelled}</p>", 1))
