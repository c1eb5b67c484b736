"""Site files: what a person writes, what it becomes, and how mistakes are reported."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from items import Family, LineRule
from spiders.site_files import family_names, load_family, load_sites, read_site
from spiders.site_folders import SHIPPED, operator_folders, own_folder
from spiders.toml_errors import SiteFileError

HOME = 'homepage = "https://ex.org/ar/"\n'


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def problems(tmp_path: Path, text: str) -> list[str]:
    file = write(tmp_path, "ex.toml", text)
    with pytest.raises(SiteFileError) as caught:
        read_site(file)
    assert str(caught.value).startswith(str(file))
    return list(caught.value.problems)


def test_a_site_of_two_lines_is_a_site(tmp_path: Path) -> None:
    site = read_site(write(tmp_path, "ex.toml", HOME))
    assert (site.name, site.homepage, site.timezone) == ("ex", "https://ex.org/ar/", "UTC")
    assert site.family == load_family("plain")
    assert (site.feeds, site.sitemaps, site.wordpress, site.sections) == ((), (), None, ())
    assert site.enabled
    assert site.honour_noindex
    assert not site.allow_private


def test_every_key_arrives(tmp_path: Path) -> None:
    text = """\ufeff
    name = "example"
    title = "مثال"
    homepage = "https://ex.org/ar/"
    language = "ar"
    timezone = "Asia/Damascus"
    family = "jannah"
    feeds = ["/feed/", "https://feeds.ex.net/a"]
    sitemaps = ["/sitemap.xml"]
    wordpress = "https://ex.org/wp-json"
    sections = ["/ar/news"]
    archives = ["/ar/{year}/{month}/"]
    take = ["/خبر/"]
    leave = ['\\.pdf$']
    prune = ["//div[@id='ad']", ".promo > a"]
    every = 15
    pages = 50
    delay = 2.5
    concurrency = 1
    since = 2026-11-01
    recheck = [24, 0.5]
    allow_private = true
    honour_noindex = false
    enabled = false
    [[lines]]
    reason = "read_more"
    phrases = ["اقرأ أيضاً"]
    match = "start"
    place = "tail"
    below = true
    longest = 40
    """
    site = read_site(write(tmp_path, "file.toml", text))
    assert site.name == "example"
    assert site.feeds == ("https://ex.org/feed/", "https://feeds.ex.net/a")
    assert site.sitemaps == ("https://ex.org/sitemap.xml",)
    assert site.wordpress == "https://ex.org/wp-json/"
    assert site.sections == ("https://ex.org/ar/news",)
    assert site.archives == ("https://ex.org/ar/{year}/{month}/",)
    assert (site.take, site.leave) == (("/خبر/",), (r"\.pdf$",))
    assert site.prune[0] == "//div[@id='ad']"
    assert "' promo '" in site.prune[1]
    rule = LineRule("read_more", ("اقرأ أيضاً",), "start", "tail", below=True, longest=40)
    assert site.lines == (rule,)
    assert (site.every, site.pages, site.delay, site.concurrency) == (15, 50, 2.5, 1)
    assert site.since == "2026-11-01"
    assert site.recheck == (0.5, 24.0)
    assert (site.allow_private, site.honour_noindex, site.enabled) == (True, False, False)
    assert site.family.name == "jannah"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('titel = "x"', "titel: unknown key; did you mean title?"),
        ("zzz = 1", "zzz: unknown key; known: prune, lines, like, name, title"),
        ('pages = "many"', "pages: expected a whole number, at least 1, got 'many'"),
        ('archives = ["/2026/11/"]', "a list of URLs with {year} and {month} in them"),
        ("pages = 0", "pages: expected a whole number, at least 1, got 0"),
        ("pages = 1.5", "pages: expected a whole number, at least 1, got 1.5"),
        ('enabled = "no"', "enabled: expected true or false, got 'no'"),
        ("every = -1", "every: expected minutes, more than 0, got -1"),
        ("every = inf", "every: expected minutes, more than 0, got inf"),
        ("concurrency = 100", "concurrency: expected a whole number, 1 to 16, got 100"),
        ('timezone = "Asia/Damscus"', "got 'Asia/Damscus' (did you mean Asia/Damascus?)"),
        ('timezone = "../../etc/passwd"', "timezone: expected an IANA time zone"),
        ('language = "Arabic"', "language: expected a language code such as ar, got 'Arabic'"),
        ("recheck = [1, -6]", "recheck[2]: expected a list of hours, such as [1, 6, 24]"),
        ('since = "yesterday"', "since: expected a date such as 2026-11-01, got 'yesterday'"),
        ('feeds = "https://ex.org/feed"', "feeds: expected a list of http or https URLs"),
        ('feeds = ["/f", "javascript:alert(1)"]', "feeds[2]: expected a list of http or https"),
        ('sitemaps = ["//evil.org/s.xml"]', "sitemaps[1]: expected a list of http or https URLs"),
        ('wordpress = "ftp://ex.org/"', "wordpress: expected the URL of a WordPress REST root"),
        ('take = ["("]', "take[1]: expected a list of regular expressions, got '(' (missing )"),
        ('prune = ["//div["]', "prune[1]: expected a list of XPaths or CSS selectors"),
        ('prune = ["div >> a"]', "prune[1]: expected a list of XPaths or CSS selectors"),
        ('family = "janah"', "family: expected the name of a family, got 'janah' (did you mean"),
        ('family = "../sites/sana"', "family: expected the name of a family"),
        ('name = "Big Name"', "name: expected lower-case Latin letters, digits, - and _"),
        ('[[lines]]\nreason = "x"', "lines[1].phrases: missing; expected a list of one phrase"),
        ('[[lines]]\nreason = "x"\nphrases = []', "lines[1].phrases: expected a list of one"),
        (
            '[[lines]]\nreason = "x"\nphrase = ["y"]\nphrases = ["z"]',
            "lines[1].phrase: unknown key; did you mean phrases?",
        ),
        (
            '[[lines]]\nreason = "x"\nphrases = ["y"]\nmatch = "middle"',
            'lines[1].match: expected "is", "start" or "end", got \'middle\'',
        ),
    ],
)
def test_a_mistake_names_the_key_and_what_was_expected(
    tmp_path: Path, line: str, problem: str
) -> None:
    [message] = problems(tmp_path, f"{HOME}{line}\n")
    assert problem in message


def test_all_mistakes_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    messages = problems(tmp_path, 'hompage = "https://ex.org/"\npages = "x"\n')
    assert [problem.partition(":")[0] for problem in messages] == ["homepage", "pages", "hompage"]
    assert (
        messages[0] == "homepage: missing; expected an http or https URL such as https://sana.sy/"
    )


@pytest.mark.parametrize("text", ["homepage = ", "homepage = 'x'\nhomepage = 'y'", "[" * 100_000])
def test_broken_toml_is_reported_with_its_place(tmp_path: Path, text: str) -> None:
    [message] = problems(tmp_path, text)
    assert message.startswith("expected TOML: ")


def test_other_files_of_no_use(tmp_path: Path) -> None:
    (tmp_path / "utf16.toml").write_bytes(HOME.encode("utf-16"))
    (tmp_path / "huge.toml").write_bytes(b"#" * 2_000_000)
    (tmp_path / "Bad Name.toml").write_text(HOME)
    (tmp_path / "folder.toml").mkdir()
    errors = [str(error) for error in load_sites([tmp_path]).errors]
    assert len(errors) == 4
    assert "the file's name is not made of lower-case Latin letters" in errors[0]
    assert "cannot be read" in errors[1]
    assert "over 1 MB" in errors[2]
    assert "expected TOML" in errors[3]


def test_a_mistake_shows_no_control_characters(tmp_path: Path) -> None:
    [message] = problems(tmp_path, f'{HOME}"x\\u001b[31m\\u202e" = 1\n')
    assert message.startswith("x[31m: unknown key")


def test_a_broken_file_leaves_the_others_working(tmp_path: Path) -> None:
    write(tmp_path, "good.toml", HOME)
    write(tmp_path, "bad.toml", "homepage = 1")
    loaded = load_sites([tmp_path])
    assert loaded.sites["good"].homepage == "https://ex.org/ar/"
    assert loaded.files["good"] == tmp_path / "good.toml"
    assert [error.file.name for error in loaded.errors] == ["bad.toml"]
    assert "sana" in loaded.sites


def test_a_name_is_given_once(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", HOME + 'name = "one"')
    write(tmp_path, "b.toml", HOME + 'name = "one"')
    write(tmp_path, "c.toml", HOME + 'name = "sana"')
    loaded = load_sites([tmp_path])
    assert loaded.files["one"].name == "a.toml"
    assert loaded.files["sana"].parent == SHIPPED
    assert [str(e).partition("name: ")[2].split(" is ")[0] for e in loaded.errors] == [
        "one",
        "sana",
    ]


def test_an_operators_file_replaces_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    write(tmp_path, "sana.toml", HOME)
    loaded = load_sites([tmp_path])
    assert loaded.sites["sana"].homepage == "https://ex.org/ar/"
    assert loaded.errors == []
    write(tmp_path, "sana.toml", HOME + "typo = 1")
    loaded = load_sites([tmp_path])
    assert "sana" not in loaded.sites
    assert len(loaded.errors) == 1


def test_where_the_operators_sites_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARRAQ_SITES", raising=False)
    monkeypatch.setenv("WARRAQ_DATA", str(tmp_path))
    assert own_folder() == tmp_path / "sites"
    assert operator_folders() == []
    write(tmp_path / "sites", "ex.toml", HOME)
    assert operator_folders() == [tmp_path / "sites"]
    assert "ex" in load_sites().sites
    monkeypatch.setenv("WARRAQ_SITES", os.pathsep.join(["/a", "/b"]))
    assert operator_folders() == [Path("/a"), Path("/b")]
    assert own_folder() == Path("/a")
    assert own_folder("/c") == Path("/c")
    assert [str(error) for error in load_sites().errors] == [
        "/a: no such folder of site files",
        "/b: no such folder of site files",
    ]


def test_the_shipped_sites() -> None:
    loaded = load_sites([])
    assert loaded.errors == []
    assert len(loaded.sites) >= 12
    assert {"sana", "enab_baladi", "human_voice"} <= set(loaded.sites)
    for site in loaded.sites.values():
        assert site.title
        assert site.language == "ar"
        assert ZoneInfo(site.timezone)
        assert not site.allow_private
    assert loaded.sites["sana"].family.name == "jannah"
    assert loaded.sites["sana"].timezone == "Asia/Damascus"


def test_a_family_has_what_it_is_like() -> None:
    assert {"jannah", "wordpress", "drupal", "elementor", "plain"} <= set(family_names())
    plain, wordpress, jannah = (load_family(name) for name in ("plain", "wordpress", "jannah"))
    assert isinstance(jannah, Family)
    assert jannah.prune[-len(wordpress.prune) :] == wordpress.prune
    assert wordpress.prune[-len(plain.prune) :] == plain.prune
    assert jannah.body[-len(wordpress.body) :] == wordpress.body
    with pytest.raises(ValueError, match="did you mean drupal"):
        load_family("drupal7")
