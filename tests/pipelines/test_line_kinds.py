import lxml.html
import pytest
from line_counter import count_lines_run

from items import LINE_KINDS
from pipelines.extraction.blocks import blocks
from pipelines.extraction.line_kinds import line_kinds
from pipelines.extraction.parse_html import body_of, parse_html

LONG = "أعلن المجلس البلدي صباح اليوم بدء العمل في مشروع تجديد السوق القديمة وسط المدينة بعد عام من الانتظار."
PROSE = f"<p>{LONG}</p><p>{LONG} أيضا</p>"


def kinds(markup: str) -> list[tuple[str, str]]:
    """Text and kind of each line that is no paragraph."""
    tree = parse_html(f"<body>{markup}</body>")
    assert tree is not None
    found = blocks(body_of(tree))
    pairs = zip(found, line_kinds(found, [True] * len(found)), strict=True)
    return [(block.text, kind) for block, kind in pairs if kind != "paragraph"]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<h2>فصل</h2>", [("فصل", "heading")]),
        ("<h3>فصل</h3><h5>فرع</h5>", [("فصل", "subheading"), ("فرع", "subheading")]),
        ("<div role='heading'>فصل</div>", [("فصل", "heading")]),
        ("<div role=heading aria-level=4><b>فصل</b></div>", [("فصل", "subheading")]),
        ("<h2><span>فصل</span></h2>", [("فصل", "heading")]),
        ("<ul><li>أول<li>ثان</ul>", [("أول", "list_item"), ("ثان", "list_item")]),
        ("<ol><li><p>أول</p></li></ol>", [("أول", "list_item")]),
        ("<dl><dt>السعر<dd>خمسة</dl>", [("السعر", "list_item"), ("خمسة", "list_item")]),
        ("<div role=list><div role=listitem>أول</div></div>", [("أول", "list_item")]),
        ("<blockquote><p>قول</p><p>ثان</p></blockquote>", [("قول", "quote"), ("ثان", "quote")]),
        ("<figure><blockquote>قول</blockquote></figure>", [("قول", "quote")]),
        ("<blockquote><ul><li>بند</li></ul></blockquote>", [("بند", "list_item")]),
        ("<figure><figcaption>صورة</figcaption></figure>", [("صورة", "caption")]),
        ("<pre>خام</pre>", [("خام", "preformatted")]),
        ("<pre class='wp-block-verse'>بيت</pre>", [("بيت", "verse")]),
        ("<div class='Poem x'><p>صدر<br>عجز</p></div>", [("صدر", "verse"), ("عجز", "verse")]),
        (
            "<table><tr><th>صنف</th><th>سعر</th></tr><tr><td>قمح</td><td>خمسة</td></tr></table>",
            [("صنف | سعر", "table_header"), ("قمح | خمسة", "table_row")],
        ),
        (
            "<table><thead><tr><td>صنف</td><td>سعر</td></tr></thead><tbody><tr><th>قمح</th><td>خمسة"
            "</td></tr></tbody></table>",
            [("صنف | سعر", "table_header"), ("قمح | خمسة", "table_row")],
        ),
        (
            "<table><caption>أسعار</caption><tr><th>قمح</th><td>خمسة</td></tr></table>",
            [("أسعار", "caption"), ("قمح | خمسة", "table_row")],
        ),
        (
            "<table><tr><th colspan=2>أسعار</th></tr><tr><th>قمح</th><td>خمسة</td></tr></table>",
            [("أسعار", "table_header"), ("قمح | خمسة", "table_row")],
        ),
    ],
)
def test_a_line_is_what_its_markup_says(markup: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(PROSE + markup + PROSE) == expected
    assert {kind for _, kind in expected} <= LINE_KINDS


@pytest.mark.parametrize(
    "around",
    [
        "<ul><li>{}</li></ul>",
        "<table><tr><th>{}</th></tr></table>",
        "<blockquote>{}</blockquote>",
        "<dl><dd>{}</dd></dl>",
        "<figure><figcaption>{}</figcaption></figure>",
    ],
)
def test_an_element_around_the_whole_article_is_layout(around: str) -> None:
    assert kinds(around.format(PROSE + "<ul><li>بند</li></ul>" + PROSE)) == [("بند", "list_item")]


def test_a_page_of_plain_text_has_paragraphs() -> None:
    assert kinds(f"<pre>{LONG}<br>{LONG}</pre>") == []


def test_an_item_with_many_lines_or_a_heading_lays_the_page_out() -> None:
    many = "<ul><li>" + "".join(f"<p>فقرة {n}</p>" for n in range(4)) + "</li></ul>"
    assert kinds(PROSE + many) == []
    entry = "<ol><li><h3>عنوان</h3><p>نص</p></li></ol>"
    assert kinds(PROSE + entry) == [("عنوان", "subheading")]


def test_prose_in_headings_is_prose() -> None:
    assert kinds("".join(f"<h3>{LONG} {n}</h3>" for n in range(4))) == []
    assert kinds(PROSE * 4 + f"<h3>{LONG * 3}</h3><h3>فصل</h3>") == [("فصل", "subheading")]


def test_times_of_entries_are_told_from_a_single_time() -> None:
    entry = "<div><time>09:{}</time><p>" + LONG + "</p></div>"
    assert kinds(entry.format("05") + entry.format("20")) == [
        ("09:05", "entry"),
        ("09:20", "entry"),
    ]
    assert kinds(entry.format("05") + PROSE) == []
    dated = "<p><b><time>1 آذار</time></b> –</p>" + PROSE
    assert [kind for _, kind in kinds(dated * 2)] == ["entry", "entry"]


def test_lines_that_are_cut_have_no_say() -> None:
    found = blocks(
        lxml.html.fromstring(f"<div><ul><li>{LONG}</li><li>قائمة</li></ul>{PROSE}</div>")
    )
    assert line_kinds(found, [False, True, True, True])[:2] == ("paragraph", "list_item")
    assert line_kinds((), ()) == ()


SHAPES = {
    "nested quotes": lambda n: "<blockquote>نص" * n,
    "nested lists": lambda n: "<ul><li>نص" * n,
    "breaks in one item": lambda n: "<ul><li>" + "نص<br>" * n,
    "times in one line": lambda n: "<p>" + "<time>09:05</time><br>" * n,
    "rows": lambda n: "<table>" + "<tr><td>نص<td>نص" * n,
    "headings in items": lambda n: "<ul>" + "<li><h2>نص</h2>نص" * n,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_cost_grows_with_the_page_and_no_faster(shape: str) -> None:
    def work(count: int) -> int:
        found = blocks(lxml.html.document_fromstring(f"<body>{SHAPES[shape](count)}</body>"))
        return count_lines_run(lambda: line_kinds(found, [True] * len(found)))

    work(10)
    assert work(2000) <= 15 * work(200)
