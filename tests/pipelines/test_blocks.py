import lxml.html
import pytest

from pipelines.extraction.blocks import blocks


def texts(markup: str) -> list[str]:
    return [block.text for block in blocks(lxml.html.fromstring(f"<div>{markup}</div>"))]


def test_a_paragraph_is_one_block_with_its_inline_markup() -> None:
    assert texts("<p>وصل <b>الوفد</b> إلى <a href='/x'>العاصمة</a>.</p>") == [
        "وصل الوفد إلى العاصمة."
    ]


def test_a_line_break_ends_a_paragraph() -> None:
    assert texts("<p>أول<br>ثان<br/><br/>ثالث</p>") == ["أول", "ثان", "ثالث"]


def test_text_around_block_elements_is_not_lost() -> None:
    assert texts("قبل<p>في</p>بعد<ul><li>بند</li></ul>ختام") == ["قبل", "في", "بعد", "بند", "ختام"]


def test_scripts_styles_and_noscript_pictures_are_no_text() -> None:
    markup = "<script>x</script>نص<noscript><img alt='a'>صورة</noscript><style>p{}</style> متصل"
    assert texts(markup) == ["نص متصل"]


def test_comments_and_instructions_do_not_cut_a_paragraph() -> None:
    assert texts("<p>أول <!-- إعلان -->ثان<?php x ?> ثالث</p>") == ["أول ثان ثالث"]


def test_a_row_of_a_data_table_is_one_line() -> None:
    table = "<table><tr><th>الصنف</th><th>السعر</th></tr><tr><td>قمح</td><td>٣٥٠</td></tr></table>"
    assert texts(table) == ["الصنف | السعر", "قمح | ٣٥٠"]


def test_cells_of_a_layout_table_are_read_as_blocks() -> None:
    long = "نص طويل " * 20
    assert texts(f"<table><tr><td>قائمة</td><td><p>{long}</p></td></tr></table>") == [
        "قائمة",
        long.strip(),
    ]


def test_white_space_of_every_kind_is_one_space() -> None:
    assert texts("<p>\n  كلمة&nbsp;&nbsp;\t أخرى\u3000ثالثة </p>") == ["كلمة أخرى ثالثة"]


def test_the_share_of_links_is_measured() -> None:
    (block,) = blocks(lxml.html.fromstring("<p><a href='/x'>عشرة حروف</a> 1234567890</p>"))
    assert 0.4 < block.linked < 0.5


def test_deep_nesting_is_read_and_absurd_nesting_ends() -> None:
    assert texts("<div>" * 200 + "قاع" + "</div>" * 200) == ["قاع"]
    assert texts("<div>" * 100_000) == []


CELLS = ["الحي", "البيوت", "التسليم"]


@pytest.mark.parametrize(
    "wrap", ["{}", "<p>{}</p>", "<div>{}</div>", "<span>{}</span>", "<b>{}</b><br>"]
)
@pytest.mark.parametrize("tag", ["td", "th"])
def test_a_row_of_a_table_is_a_line(tag: str, wrap: str) -> None:
    row = "".join(f"<{tag}>{wrap.format(cell)}</{tag}>" for cell in CELLS)
    assert (
        texts(f"<table><tbody><tr>{row}</tr><tr>{row}</tr></tbody></table>")
        == [" | ".join(CELLS)] * 2
    )


def test_a_long_cell_belongs_to_its_row_where_the_table_has_a_header() -> None:
    long = "وصف طويل للمشروع " * 6
    row = f"<tr><td>الأول</td><td>{long}</td></tr>"
    assert len(texts(f"<table><tr><th>م</th><th>الوصف</th></tr>{row}</table>")) == 2
    assert len(texts(f"<table>{row}</table>")) == 2
    assert texts(f"<table>{row * 3}</table>")[0] == f"الأول | {long.strip()}"


def test_words_that_meet_at_a_tag_within_a_cell_stay_one_word() -> None:
    assert texts("<table><tr><td>Mar<b>ch</b></td><td>1<br>2</td></tr></table>") == ["March | 1 2"]


@pytest.mark.parametrize(
    "attribute",
    ["hidden", "style='display:none'", "style='color:red; visibility: hidden'", "class='a visually-hidden'", "class=sr-only"],
)  # fmt: skip
def test_words_for_screen_readers_are_none_of_the_line(attribute: str) -> None:
    line = f"<p>The <a href=/x>agency<span {attribute}>, opens new tab</span></a> said so.</p>"
    assert texts(line) == ["The agency said so."]


@pytest.mark.parametrize("tag", ["noscript", "button", "object", "canvas", "template"])
def test_no_element_hides_the_only_text_of_a_page(tag: str) -> None:
    lines = [f"Paragraph {n} says that the council voted to rebuild the wall." for n in range(6)]
    inside = "".join(f"<p>{line}</p>" for line in lines)
    assert texts(f"<{tag}>{inside}</{tag}><p>Footer</p>") == [*lines, "Footer"]
    assert texts(f"<{tag}>Menu</{tag}>{inside}") == lines
