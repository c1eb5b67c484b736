"""`warraq sites` and `warraq add`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from web_server import Answer, Web, article, rss

import settings
from cli.main import warraq
from spiders.site_files import load_sites, read_site
from spiders.site_writer import name_for_site
from spiders.sources.wordpress_api import posts_url

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WARRAQ_SITES", "")  # the command sets it; restored after the test
    monkeypatch.setenv("WARRAQ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "settings")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(warraq, arguments, catch_exceptions=False)

    return run


@pytest.fixture
def news(web: Web) -> Web:
    """A site whose home page announces a feed."""
    link = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    title = '<meta property="og:site_name" content="صحيفة &quot;النهر&quot;&#10;x = 1">'
    web.pages["/"] = f'<html lang="ar"><head>{link}{title}</head><body>مرحبا</body></html>'
    web.pages["/rss.xml"] = rss(web.url, range(3))
    return web


def test_the_sites_are_listed(run: Run) -> None:
    result = run("sites")
    assert result.exit_code == 0
    line = next(line for line in result.stdout.splitlines() if line.startswith("sana "))
    for word in ("سانا", "https://sana.sy/", "jannah", "automatic", "not chosen", "sana.toml"):
        assert word in line
    assert "switched off" in result.stdout


def test_a_broken_file_is_reported_and_the_others_are_listed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('homepage = "https://ex.org/"\npagse = 3\n')
    result = run("--sites", str(tmp_path), "sites")
    assert result.exit_code == 1
    assert result.stderr == f"{tmp_path}/bad.toml: pagse: unknown key; did you mean pages?\n"
    assert "sana" in result.stdout


def test_add_reports_what_it_found_and_writes_the_site_file(
    run: Run, news: Web, tmp_path: Path
) -> None:
    result = run("add", news.url, "--allow-private", "--name", "river")
    assert result.exit_code == 0, result.output
    assert f"feed {news.url}/rss.xml: 3 articles" in result.stdout
    assert "/sitemap.xml: answers 404" in result.stdout
    assert result.stdout.endswith("see what it gives: warraq check river\n")
    file = tmp_path / "data/sites/river.toml"
    site = read_site(file)
    assert (site.name, site.title, site.language) == ("river", 'صحيفة "النهر" x = 1', "ar")
    assert site.homepage == f"{news.url}/"
    assert site.feeds == (f"{news.url}/rss.xml",)
    assert site.allow_private
    assert file.read_text("utf-8").startswith(f"# feed {news.url}/rss.xml: 3 articles")
    assert "river" in load_sites().sites


def test_the_file_goes_to_the_first_folder_of_sites(run: Run, news: Web, tmp_path: Path) -> None:
    result = run("--sites", str(tmp_path / "own"), "add", news.url, "--allow-private")
    assert result.exit_code == 0
    port = news.url.rpartition(":")[2]
    assert [f.name for f in (tmp_path / "own").iterdir()] == [f"127_0_0_1_{port}.toml"]
    other = ("--sites", str(tmp_path / "b"), "--name", "b")
    assert run("add", news.url, "--allow-private", *other).exit_code == 0
    assert read_site(tmp_path / "b/b.toml").name == "b"


def test_a_taken_name_is_refused_before_any_request(run: Run, news: Web, tmp_path: Path) -> None:
    for name, sentence in (
        ("sana", "sana is in the catalogue"),
        ("mine", "there is a site called mine already"),
    ):
        (tmp_path / "mine.toml").write_text('homepage = "https://ex.org/"\n')
        result = run("--sites", str(tmp_path), "add", news.url, "--allow-private", "--name", name)
        assert result.exit_code == 1
        assert sentence in result.stderr
        assert "--name" in result.stderr
    assert news.asked == []


@pytest.mark.parametrize("name", ["../evil", "a/b", "Ä", "", "-x", "a" * 65, "x.toml\x00"])
def test_a_name_cannot_be_a_path(run: Run, news: Web, name: str) -> None:
    result = run("add", news.url, "--allow-private", f"--name={name}")
    if name:
        assert result.exit_code == 2
        assert "expected lower-case Latin letters, digits, - and _" in result.stderr
    else:
        assert result.exit_code == 0


@pytest.mark.parametrize("url", ["javascript://x", "file:///etc/passwd", "http://", "https://a b/"])
def test_an_invalid_url_is_refused(run: Run, url: str) -> None:
    result = run("add", url)
    assert result.exit_code == 2
    assert "expected an http or https URL" in result.stderr


def test_a_private_address_needs_an_option(run: Run, news: Web, tmp_path: Path) -> None:
    result = run("add", news.url)
    assert result.exit_code == 1
    assert "private address" in result.stderr
    assert "--allow-private allows it" in result.stderr
    assert news.asked == []
    assert not (tmp_path / "data").exists()


def test_no_file_is_written_for_a_site_without_a_source(run: Run, web: Web, tmp_path: Path) -> None:
    web.pages["/"] = "<html><body>مرحبا</body></html>"
    result = run("add", web.url, "--allow-private")
    assert result.exit_code == 1
    assert "/feed/: answers 404" in result.stdout
    assert "no file was written" in result.stderr
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_is_reported(run: Run, news: Web, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = run("add", news.url, "--allow-private", "--sites", str(tmp_path / "file/sites"))
    assert result.exit_code == 1
    assert "cannot write" in result.stderr


def test_a_wordpress_site_is_added_with_its_time_zone(run: Run, web: Web, tmp_path: Path) -> None:
    web.pages["/"] = '<html lang="ar"><head></head><body class="x">مرحبا</body></html>'
    headers = {"Content-Type": "application/json"}
    index = {"name": "النهر", "namespaces": ["wp/v2"], "timezone_string": "Asia/Damascus"}
    post = {"id": 1, "link": f"{web.url}/a/", "content": {"rendered": "<p>x</p>"}}
    web.pages["/wp-json/"] = Answer(json.dumps(index), headers=headers)

    web.pages[posts_url("/wp-json/", per_page=10)] = Answer(json.dumps([post]), headers=headers)
    assert run("add", web.url, "--allow-private", "--name", "wp").exit_code == 0
    site = read_site(tmp_path / "data/sites/wp.toml")
    assert (site.wordpress, site.timezone) == (f"{web.url}/wp-json/", "Asia/Damascus")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.sana.sy/x", "sana"),
        ("https://arabic.rt.com/", "arabic_rt"),
        ("https://www.alaraby.co.uk/", "alaraby"),
        ("http://127.0.0.1:8931/", "127_0_0_1_8931"),
        ("http://localhost/", "localhost"),
        ("https://مثال.إختبار/", "site"),
        ("https://xn--mgbh0fb.com/", "xn_mgbh0fb"),
        ("https://[::1]/", "1"),
        ("https://..%2f/", "site"),
    ],
)
def test_a_name_from_the_host(url: str, name: str) -> None:
    assert name_for_site(url) == name


def test_add_reads_three_articles(run: Run, news: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WARRAQ_REFINE", "fake_refine.refine")
    news.pages |= {f"/news/{n}": article(n, words="كلمة\x1b[31m " * 60) for n in range(3)}
    result = run("add", news.url, "--allow-private", "--name", "river")
    assert result.exit_code == 0, result.output
    assert "its first articles:\n" in result.stdout
    for n in range(3):
        assert f"  خبر {n}\n    2026-" in result.stdout
        assert f" · (no author) · نص الخبر رقم {n}." in result.stdout
    assert "\x1b" not in result.stdout
    assert len(news.paths("/news/")) == 4, "one for the family, and the three"


@pytest.mark.parametrize(
    ("page", "reason", "advice"),
    [
        (Answer("no", 403), "failed: http_403", "the site turns robots away"),
        ("<html><body>a list</body></html>", "rejected: too_short", "no text was found"),
    ],
)
def test_add_says_why_no_article_was_read(
    run: Run,
    news: Web,
    monkeypatch: pytest.MonkeyPatch,
    page: Answer | str,
    reason: str,
    advice: str,
) -> None:
    monkeypatch.setattr(settings, "WARRAQ_REFINE", "fake_refine.refine")
    news.pages |= {f"/news/{n}": page for n in range(3)}
    result = run("add", news.url, "--allow-private", "--name", "river")
    assert result.exit_code == 0, result.output
    assert "none of its first pages is an article:" in result.stdout
    assert reason in result.stdout
    assert f"→ {advice}" in result.stdout


def test_the_sites_of_an_opml_file_are_added_and_one_that_fails_stops_no_other(
    run: Run, news: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "WARRAQ_REFINE", "fake_refine.refine")
    news.pages |= {f"/news/{n}": article(n) for n in range(3)}
    file = tmp_path / "feeds.opml"
    file.write_text(
        '<opml version="1.0"><body><outline xmlUrl="http://127.0.0.1:9/feed"/>'
        f'<outline xmlUrl="{news.url}/own" htmlUrl="{news.url}/"/></body></opml>'
    )
    result = run("add", str(file), "--allow-private")
    assert result.exit_code == 1
    assert "not added: " in result.stderr
    assert result.stdout.endswith("1 of 2 sites were added\n")
    [written] = (tmp_path / "data/sites").glob("*.toml")
    assert read_site(written).feeds == (f"{news.url}/rss.xml", f"{news.url}/own")
    listed = run("sites", "--opml")
    assert f'xmlUrl="{news.url}/own"' in listed.stdout
    (tmp_path / "broken.opml").write_text("<html></html>")
    broken = run("add", str(tmp_path / "broken.opml"))
    assert broken.exit_code == 1
    assert "not an OPML file" in broken.stderr
