"""The reader without a mouse, in other alphabets, zones and calendars, and on paper."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import BrowserTab, browser, missing, open_tab
from reader import Reader, reading, stock

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(missing() is not None, reason=missing() or ""),
]

_LIST = "/warraq/articles"
# What the keys of these places give on an Arabic keyboard.
_ARABIC = {"j": ("ت", "KeyJ"), "k": ("ن", "KeyK"), "o": ("خ", "KeyO"), "/": ("ظ", "Slash")}
_PRESS = """([key, code, modifiers]) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...modifiers }))"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("data")
    stock(folder).close()
    with reading(folder) as reader:
        yield reader


@pytest.fixture(scope="module")
def chrome() -> Iterator["Browser"]:
    with browser() as chrome:
        yield chrome


@pytest.fixture
def tab(chrome: "Browser", reader: Reader) -> Iterator[BrowserTab]:
    with open_tab(chrome, reader.url, locale="ar-SY") as tab:
        yield tab
        assert tab.faults == []


def _focused(page: "Page") -> str:
    """The address of the focused link, the id of another element."""
    return str(page.evaluate("document.activeElement.href ?? document.activeElement.id"))


def _stories(page: "Page") -> list[str]:
    return list(page.locator(".story h2 a").evaluate_all("all => all.map((a) => a.href)"))


def test_search_read_and_back_by_keys_alone(tab: BrowserTab) -> None:
    page = tab.go("/")
    page.keyboard.press("/")
    page.keyboard.type("المكتبة")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    stories = _stories(page)
    assert len(stories) > 2
    for key in "jjkj":
        page.keyboard.press(key)
    assert _focused(page) == stories[1]
    page.keyboard.press("o")
    page.wait_for_url(stories[1])
    page.go_back()
    page.wait_for_url("**/search?**")
    page.wait_for_function("url => document.activeElement.href === url", arg=stories[1])
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(stories[0])


def test_the_story_one_is_at_is_seen(tab: BrowserTab) -> None:
    page = tab.go(_LIST)
    stories = _stories(page)
    for _ in stories:
        page.keyboard.press("j")
        focused = page.locator(":focus-visible")
        assert focused.evaluate("(a) => getComputedStyle(a).outlineStyle") == "solid"
        box = focused.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 900 - box["height"]
    assert _focused(page) == stories[-1]
    page.keyboard.press("j")
    assert _focused(page) == stories[-1]


@pytest.mark.parametrize("keys", [_ARABIC, {key: (key, "") for key in _ARABIC}])
def test_keys_are_found_by_letter_or_by_place(
    tab: BrowserTab, keys: dict[str, tuple[str, str]]
) -> None:
    page = tab.go(_LIST)
    stories = _stories(page)
    for key in "jjk":
        page.evaluate(_PRESS, [*keys[key], {}])
    assert _focused(page) == stories[0]
    page.evaluate(_PRESS, [*keys["/"], {}])
    assert page.evaluate("document.activeElement.name") == "q"


@pytest.mark.parametrize("modifier", ["ctrlKey", "altKey", "metaKey", "isComposing"])
def test_no_key_with_a_modifier(tab: BrowserTab, modifier: str) -> None:
    page = tab.go(_LIST)
    page.evaluate(_PRESS, ["j", "KeyJ", {modifier: True}])
    page.evaluate(_PRESS, ["?", "Slash", {modifier: True}])
    assert _focused(page) == ""
    assert not page.locator("#keys").is_visible()


def test_no_key_while_one_types(tab: BrowserTab) -> None:
    page = tab.go(_LIST)
    page.keyboard.press("/")
    page.keyboard.type("jko?/")
    assert page.get_by_role("searchbox").input_value() == "jko?/"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert _focused(page) == _stories(page)[0]


def test_the_keys_are_shown(tab: BrowserTab) -> None:
    page = tab.go(_LIST)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    assert dialog.is_visible()
    page.keyboard.press("j")
    assert "/warraq/articles/" not in _focused(page)
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.get_by_role("button", name="لوحة المفاتيح").click()
    page.get_by_role("button", name="إغلاق").click()
    assert not dialog.is_visible()


def test_the_first_tab_skips_to_the_content(tab: BrowserTab) -> None:
    page = tab.go(_LIST)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert _focused(page) == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_one_search_box_and_no_stray_buttons(tab: BrowserTab) -> None:
    page = tab.go(_LIST)
    assert page.get_by_role("searchbox").count() == 1
    names = [button.inner_text() for button in page.get_by_role("button").all()]
    assert names == ["", "لوحة المفاتيح"]


@pytest.mark.parametrize("locale", ["ar-SY", "ar-EG", "ar-MA", "ar", "fa-IR", "fr-FR", "en-US"])
def test_the_script_writes_times_as_the_page_does(
    chrome: "Browser", reader: Reader, locale: str
) -> None:
    with open_tab(chrome, reader.url, locale=locale, zone="UTC") as tab:
        page = tab.go(_LIST)
        times = page.locator("main time[data-zoned]").all()
        assert len(times) > 5
        for time in times:
            assert (time.get_attribute("title") or "").startswith(time.inner_text())


@pytest.mark.parametrize("dark", [False, True])
def test_a_story_prints_as_a_clean_page(chrome: "Browser", reader: Reader, dark: bool) -> None:
    with open_tab(chrome, reader.url, dark=dark, locale="ar-SY") as tab:
        page = tab.go("/warraq/articles/0")
        page.emulate_media(media="print", color_scheme="dark" if dark else "light")
        for css in ("header.top", "nav", "footer", ".cuts"):
            assert not any(part.is_visible() for part in page.locator(css).all()), css
        for css in ("article h1", ".body p:not(.cut)", ".original"):
            assert page.locator(css).first.is_visible(), css
        style = "(e) => getComputedStyle(e).backgroundColor"
        assert page.locator("html").evaluate(style) == "rgb(255, 255, 255)"
        url = page.locator(".original").evaluate("(a) => getComputedStyle(a, '::after').content")
        assert "https://news.example/" in url
        page = tab.go(_LIST)
        assert page.locator(".story h2").first.is_visible()
        assert not page.locator("form, aside").first.is_visible()
