"""Rows of `articles` with whatever a field can hold, for every format that the corpus is written in."""

from typing import Any

from items import LINE_KINDS
from storage.article_rows import Row, packed_kinds
from storage.formats.corpus_facts import CorpusFacts, Outlet

FACTS = CorpusFacts(
    outlets={"river": Outlet("نهر & <الأخبار> {\\x}", "https://river.example/")},
    made_at="2026-11-28T10:00:00Z",
)

# Texts that one format or another would take for something else.
HOSTILE = {
    "arabic": "قال: «لن نعود»، ثم عاد — ١٩٩٠؛ لا؟",
    "persian": "می‌خواهم بروم",
    "mixed": "اشترى iPhone 15 (Pro) بـ 1,200$ اليوم",
    "formula": "=1+1",
    "link formula": '=HYPERLINK("http://evil.example","x")',
    "plus": "+1",
    "minus": "-1+1",
    "at": "@SUM(1)",
    "dde": "=cmd|'/c calc'!A0",
    "full width": "＝1+1",
    "tab before": "\t=1+1",
    "spaces around": "  قبل وبعد  ",
    "number": "007",
    "date": "1/2",
    "quotes": "\"مزدوج\" 'مفرد' ``لاتيني''",
    "comma": 'a,b;c\td"e',
    "xml": "<b>&amp;</b> ]]> <!-- x --> <?php ?>",
    "escape of a workbook": "_x0041_ _x000D_ _x005F_",
    "latex": "\\input{/etc/passwd} $x^2_1$ 100% #1 ~ {a} }{ & \\",
    "open brace": "{{{",
    "closed brace": "}}}",
    "bib entry": "x},\n@article{y, title={z}}",
    "ris tag": "ER  - \nTY  - BOOK",
    "yaml": "key: value # no\n---\n- x: [y, {z}]",
    "yaml document": "---",
    "yaml tag": "!!python/object:os.system x",
    "emphasis": "*a* _b_ **c** __d__ ~~e~~ `f` ``g``",
    "link": "[x](javascript:alert(1)) ![i](u) <http://a.example> https://b.example/c_d_e",
    "heading": "# h",
    "heading ends": "h ##",
    "setext": "===",
    "rule": "- - -",
    "list": "- a",
    "ordered": "1986. عام",
    "ordered with a parenthesis": "3) x",
    "block quote": "> q",
    "code": "    code",
    "fence": "```\n~~~",
    "table": "a | b |c",
    "entity": "&lt; &#65; &nbsp;",
    "backslashes": "a\\b\\\\c \\",
    "hashtag": "#غزة $x$ ^up^ ==m==",
    "html block": "<script>alert(1)</script>",
    "line break": "سطر أول\nسطر ثان",
    "astral": "😀 𝔸 👩‍👩‍👧",
    "combining": "e\u0301 كِتَابٌ",
    "direction": "\u200fنص\u200e text",
    "separator": "a\u2028b\u2029c\x85d",
    "controls": "a\x01b\x0bc\x0cd\x1fe",
    "nul": "a\x00b",
    "noncharacter": "a\ufffeb\uffffc",
    "byte order mark": "\ufeffa",
    "carriage return": "a\rb\r\nc",
}
FIELDS = ("title", "section", "source", "agency", "author", "text")


def hostile_row(number: int = 0, **values: Any) -> Row:
    """A row that has all fields; `values` replace its own."""
    text = values.get("text", "نص أول.\n\nنص ثان.")
    return {
        "number": number,
        "id": f"{number:016x}",
        "url": "https://river.example/أخبار/1?a=[b]&c={d}%&e=\"<'>#x#y",
        "site": "river",
        "section": "اقتصاد",
        "title": "عنوان",
        "source": "المصدر",
        "agency": "سانا",
        "author": "سعاد حمدان",
        "published": "2026-10-31T09:30:00Z",
        "modified": "2026-11-01",
        "language": "ar",
        "tags": '["وسم", "a, b"]',
        "image": "https://river.example/a.jpg",
        "access": None,
        "gone_at": None,
        "reserved": None,
        "refined_by": None,
        "rights": None,
        "found_by": "feed",
        "first_seen": "2026-11-01T10:00:00Z",
        "last_seen": "2026-11-02T10:00:00Z",
        "kinds": None,
        "text": text,
        "words": len(text.split()),
        "text_hash": "x",
        **values,
    }


def row_of_all_kinds(line: str) -> Row:
    """A line of each kind, between paragraphs."""
    kinds = [kind for name in sorted(LINE_KINDS) for kind in (name, "paragraph")]
    text = "\n\n".join([line, "بين"] * len(LINE_KINDS))
    return hostile_row(text=text, kinds=packed_kinds(kinds))  # type: ignore[arg-type]
