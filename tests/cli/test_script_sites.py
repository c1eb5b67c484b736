"""`warraq add` and `warraq check` of a site that is drawn by script, with a browser and without."""

from collections.abc import Callable
from pathlib import Path

import pytest
import script_site
from browser import missing
from click.testing import CliRunner, Result
from script_lists import first_page
from web_server import Web, rss

import settings
from cli.main import warraq
from spiders.fetching.browser import RendererMissing, require_renderer
from spiders.site_files import read_site

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WARRAQ_SITES", "")
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "settings")
    data = ["--data", str(tmp_path / "data")]

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(warraq, [*data, *arguments], catch_exceptions=False)

    return run


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WARRAQ_BROWSER", "/nowhere/chromium")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where `warraq add --name drawn` writes."""
    return tmp_path / "data" / "sites" / "drawn.toml"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text)


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(RendererMissing, match=r"/nowhere is none.*apt-get install chromium"):
        require_renderer("/nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RendererMissing, match=r"there is none on this machine.*WARRAQ_BROWSER"):
        require_renderer("")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RendererMissing, match=r"pip install 'warraq\[render\]'"):
        require_renderer("")


@pytest.mark.usefixtures("no_browser")
def test_add_without_a_browser_writes_no_file_for_a_site_that_shows_nothing(
    run: Run, web: Web, file: Path
) -> None:
    script_site.publish(web)
    result = run("add", web.url, "--allow-private", "--name", "drawn")
    assert result.exit_code == 1
    assert "its front page shows nothing without its scripts" in result.stdout
    assert "apt-get install chromium" in result.stderr
    assert not file.exists()


@pytest.mark.usefixtures("no_browser")
def test_add_without_a_browser_says_what_the_file_needs(run: Run, web: Web, file: Path) -> None:
    script_site.publish(web)
    web.pages["/feed/"] = rss(web.url, range(3))
    result = run("add", web.url, "--allow-private", "--name", "drawn")
    assert result.exit_code == 0
    assert "apt-get install chromium" in result.stdout
    assert read_site(file).render


@pytest.mark.slow
@pytest.mark.skipif(missing() is not None, reason=missing() or "")
def test_add_reads_the_site_in_a_browser(run: Run, web: Web, file: Path) -> None:
    script_site.publish(web)
    result = run("add", web.url, "--allow-private", "--name", "drawn")
    assert result.exit_code == 0, result.output
    site = read_site(file)
    assert (site.render, site.sections) == (True, (f"{web.url}/",))
    assert script_site.title(1) in result.stdout


def test_check_says_that_pages_are_drawn_by_script(run: Run, web: Web, file: Path) -> None:
    script_site.publish(web, 3)
    write(
        file,
        f'homepage = "{web.url}/"\nsections = ["/"]\nallow_private = true\ndelay = 0\n',
    )
    result = run("check", "drawn")
    assert result.exit_code == 1
    assert "it shows nothing without its scripts: set `render = true`" in result.stdout
    result = run("check", "drawn", "--url", web.url + script_site.path(1))
    assert "its pages are drawn by scripts: set `render = true`" in result.stdout


@pytest.mark.usefixtures("no_browser")
def test_check_without_a_browser_is_a_sentence(run: Run, web: Web, file: Path) -> None:
    script_site.publish(web, 3)
    write(file, f'homepage = "{web.url}/"\nallow_private = true\nrender = true\n')
    result = run("check", "drawn")
    assert result.exit_code == 1
    assert "/nowhere/chromium is none: apt-get install chromium" in result.stdout
    assert web.asked == []


def test_check_says_where_a_list_cannot_be_followed(run: Run, web: Web, file: Path) -> None:
    web.pages["/"] = first_page('<button class="load-more" hx-post="/more">Load more</button>')
    write(
        file,
        f'homepage = "{web.url}/"\nsections = ["/"]\nallow_private = true\ndelay = 0\n',
    )
    result = run("check", "drawn")
    assert "the list goes on by a form that scripts send (POST)" in result.stdout
