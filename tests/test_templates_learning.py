"""What is common to the pages of a site: paths, verdicts on kinds of blocks, kinds of pages."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from sqlite_utils import Database
from themes import NOW, SITE, Newspaper, blue, page, stories

from items import Article, Places, Rejected, Verdicts
from pipelines.keeping import Refined, keep
from pipelines.templates.paths import chain, find, step
from pipelines.templates.regions import around, hangs_below_a_link, prose_outside
from storage.clock import later
from storage.database import FILE, open_database
from storage.migrations import migrations
from storage.templates.deciding import DOUBT, decide
from storage.templates.kinds import Region, alike
from storage.templates.learning import FRAMED, LEAST, Learned, learn
from storage.templates.packing import pack, pack_places, unpack, unpack_places
from storage.templates.reading import template_of


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<div class="entry-content clearfix">', "div.clearfix.entry-content"),
        ('<article id="post-4711" class="post post-4711 hentry">', "article.hentry.post"),
        ('<div id="main" class="col-md-8">', "div.#main.col-md-8"),
        ('<div class="elementor-element-3f2a9c css-1x7gh2 body">', "div.body"),
        ('<div id="s12" class="h2-title">', "div.h2-title"),
        ('<div class="[&>p]:mt-2 a.b text-xl">', "div.text-xl"),
        (f'<div class="{"x" * 90}">', "div"),
    ],
)
def test_a_step_has_the_names_that_last(markup: str, expected: str) -> None:
    assert step(html.fragment_fromstring(markup + "</div>")) == expected


def test_a_path_finds_the_element_wherever_others_stand() -> None:
    tree = html.fromstring(
        "<body><div class='ad'></div><div id='a'><main><p>1</p><div class='b c'>x</div></main></div></body>"
    )
    [target] = tree.cssselect(".b")
    assert chain(target, tree) == ("div.#a", "main", "div.b.c")
    assert find(tree, ["div.#a", "main", "div.b"]) == [target]
    assert find(tree, ["div.#a", "main", "div.d"]) == []


def test_the_region_is_the_lowest_element_around_all() -> None:
    tree = html.fromstring("<body><main><section><p>1</p></section><p>2</p></main></body>")
    one, two = tree.cssselect("p")
    assert around([one, two]) is tree.cssselect("main")[0]
    assert around([one]) is one
    assert around([]) is None


def test_prose_outside_is_named_by_where_it_leaves_the_way_down() -> None:
    prose = "كلام طويل " * 12
    tree = html.fromstring(
        f"<body><div><p>{prose}</p><main>م</main></div><footer><p>قصير</p></footer></body>"
    )
    assert prose_outside(tree.cssselect("main")[0], tree) == {"1>p"}


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("<h3><a href='/x'>خبر</a></h3>", True),
        ("<div><h3><a href='/x'>خبر</a></h3></div>", True),
        ("<div><div><h3><a href='/x'>خبر</a></h3></div></div>", False),
        ("<h3>خبر</h3>", False),
        ("<h3><a href='/x'>خبر</a></h3><div><div><h4><a>آخر</a></h4></div></div>", False),
    ],
)
def test_a_linked_heading_above_may_announce_the_region(above: str, expected: bool) -> None:
    tree = html.fromstring(f"<body><div>{above}<main>نص</main></div></body>")
    assert hangs_below_a_link(tree.cssselect("main")[0], tree) is expected


def counts(*rows: tuple[str, str, int, int, int]) -> dict[tuple[str, str], Verdicts]:
    return {(p, s): Verdicts(p, s, text, cut, "layout", pages) for p, s, text, cut, pages in rows}


def test_what_is_nearly_always_the_same_is_sure() -> None:
    verdicts = decide(counts((">p", "3.0s", 200, 4, 12), (">div", "1.2", 0, 30, 12)), 12)
    assert verdicts == {(">p", ""): None, (">div", ""): "layout"}


def test_what_is_now_text_and_now_not_is_in_doubt() -> None:
    verdicts = decide(counts((">p", "3.0s", 99, 0, 12), (">p", "0.0", 6, 5, 6)), 12)
    assert verdicts[">p", "0.0"] == DOUBT
    assert verdicts[">p", ""] is None


def test_one_pages_list_tells_nothing_of_the_next() -> None:
    assert decide(counts((">ul>li", "1.0", 0, 30, 2)), 12) == {}


def test_a_line_on_every_page_that_is_cut_from_some_is_cut_from_all() -> None:
    verdicts = decide(counts((">p", "=1", 14, 6, 20), (">p", "2.0s", 90, 6, 20)), 20)
    assert verdicts[">p", "=1"] == "layout"
    assert (">p", "=1") not in decide(counts((">p", "=1", 4, 2, 6), (">p", "2.0s", 9, 0, 6)), 20)


def seen(*region: str, size: int = 900, language: str = "ar", frame: int | None = 1) -> Places:
    blocks = (Verdicts("".join(f">{one}" for one in (*region, "p")), "3.0s", 5, 0),)
    return Places("places", region=region, blocks=blocks, size=size, language=language, frame=frame)


def kind(pages: list[Places]) -> tuple[Region, int] | None:
    found = alike({str(n): page.region for n, page in enumerate(pages)}, LEAST)
    return (found[0], len(found[1])) if found else None


def learned(pages: list[Places]) -> Learned:
    found = kind(pages)
    assert found
    made = learn(found[0], pages)
    assert made
    return made


def test_names_that_vary_are_not_asked_for() -> None:
    found = learned([seen("main", f"article.post.sport{'abcdefghijkl'[n]}") for n in range(LEAST)])
    assert found.region == ("main", "article.post")
    assert found.counts[">p", "3.0s"].text == 5 * LEAST


def test_too_few_pages_of_a_kind_teach_nothing() -> None:
    news = [seen("main", "article.news")] * (LEAST - 1)
    assert kind([*news, *[seen("div.video")] * 4]) is None


def test_the_kind_of_most_pages_is_learned_first() -> None:
    pages = [*[seen("main", "article.news")] * LEAST, *[seen("div.video")] * 5]
    assert kind(pages) == (("main", "article.news"), LEAST)


def test_a_wider_region_is_taken_where_some_articles_need_it() -> None:
    pages = [*[seen("main", "article", "div.text")] * LEAST, *[seen("main", "article")] * 3]
    assert kind(pages) == (("main", "article"), LEAST + 3)


def test_the_frame_is_the_widest_of_the_pages_that_were_asked_for_it() -> None:
    unasked = [seen("main", "article", "div", frame=None)] * (LEAST - FRAMED)
    asked = [seen("main", "article", "div", frame=frame) for frame in (3, 2, 3, 3)]
    assert learned([*unasked, *asked]).frame == 2
    assert learn(("main", "article", "div"), [*unasked, *asked[1:]]) is None


def test_what_was_learned_comes_back_from_the_database_as_it_was() -> None:
    pages = [seen("main", "article", size=800 + n) for n in range(LEAST)]
    assert [unpack_places(pack_places(one)) for one in pages] == pages
    found = learned(pages)
    assert unpack(pack(found)) == found


def test_a_kill_before_the_transaction_ends_leaves_the_template_as_it_was(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        paper = Newspaper(db)
        paper.publish(range(LEAST - 1), blue)
        last = page(50, blue(50, stories()[12]))
        outcome = paper.refine(last)
        before = paper.rows("SELECT count(*) FROM _places")
        db.execute(
            "CREATE TEMP TRIGGER t BEFORE INSERT ON articles BEGIN SELECT raise(ABORT, 'x'); END"
        )
        with pytest.raises(Exception, match="x"):
            paper.keep(last, outcome)
        assert paper.rows("SELECT count(*) FROM _places") == before
        assert paper.rows("SELECT * FROM templates") == []
        db.execute("DROP TRIGGER t")
        paper.keep(last, outcome)
        assert paper.rows("SELECT state FROM templates") == [("trial",)]


def test_what_disagreed_is_learned_anew_after_a_day_then_after_two(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        Newspaper(db)
        rests = []
        for _ in range(2):
            db.execute(
                "INSERT INTO templates (site, path, state, learned, dropped, articles, rests)"
                " VALUES ('river', 'x', 'dropped', ?, ?, 12, 1)",
                [NOW, NOW],
            )
            hours = [
                h
                for h in range(0, 96, 8)
                if template_of(db, "river", later(NOW, h * 3600)).learning
            ]
            rests.append(hours[0])
        assert rests == [24, 48]


def test_pages_on_their_way_do_not_undo_what_was_learned_meanwhile(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        paper, pool = Newspaper(db), stories()
        paper.publish(range(FRAMED), blue)
        pages = [page(n, blue(n, pool[n])) for n in range(FRAMED, LEAST + 14)]
        for its, outcome in [(its, paper.refine(its)) for its in pages]:
            paper.keep(its, outcome)
        assert paper.rows("SELECT state FROM templates") == [("trial",)]


def test_where_the_metadata_stand_is_asked_while_pages_are_alike(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        paper, asked = Newspaper(db), []
        for number in range(LEAST):
            asked.append(template_of(db, "river", paper.now).framing)
            paper.publish(range(number, number + 1), blue)
        assert all(asked)
        assert paper.rows("SELECT state FROM templates") == [("trial",)]


def test_where_the_metadata_stand_is_not_asked_of_pages_with_nothing_in_common(
    tmp_path: Path,
) -> None:
    with open_database(tmp_path) as db:
        paper, asked, pool = Newspaper(db), [], stories()
        for number in range(LEAST):
            asked.append(template_of(db, "river", paper.now).framing)
            around = f"<div class='{'abcdefghijklm'[number] * 5}'><main"
            paper.read(page(number, blue(number, pool[number]).replace("<main", around)))
        assert asked == [number < FRAMED for number in range(LEAST)]


def test_places_of_an_older_version_go_on_to_a_template(tmp_path: Path) -> None:
    old = Database(tmp_path / FILE)
    migrations.apply(old, stop_before="m017_regions")
    old.execute("INSERT INTO sites (name) VALUES ('river')")
    with open_database(tmp_path / "new") as db:
        Newspaper(db).publish(range(LEAST - 1), blue)
        for site, article, seen, places in db.execute(
            "SELECT site, article, seen, places FROM _places"
        ).fetchall():
            old.table("_places").insert(
                {
                    "site": site,
                    "article": article,
                    "seen": seen,
                    "places": places.replace('"frame":null', '"frame":1'),
                }
            )
    old.close()
    with open_database(tmp_path) as db:
        paper = Newspaper(db)
        rows = paper.rows("SELECT region, places ->> '$.region' FROM _places")
        assert len(rows) == LEAST - 1
        assert all(region == its for region, its in rows)
        paper.publish(range(LEAST, LEAST + 1), blue)
        assert paper.rows("SELECT state FROM templates") == [("trial",)]


def test_a_site_without_anything_in_common_is_left_alone_for_a_while(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        paper, pool = Newspaper(db), stories()
        for number in range(40):
            html = blue(number, pool[number % len(pool)]).replace(
                "<main", f"<b{number}></b{number}><main"
            )
            html = html.replace("<main", f"<div class='{'abcdefghij'[number % 10] * 5}'><div><main")
            depth = number % 5
            paper.read(page(number, html.replace("<main", "<div>" * depth + "<main")))
        [(state, reason)] = paper.rows("SELECT state, reason FROM templates")
        assert (state, reason) == ("dropped", "its articles have no container in common")
        assert paper.rows("SELECT * FROM _places") == []
        assert template_of(db, "river", paper.now).learning is False


def test_a_template_that_fits_few_pages_is_given_up(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        paper = Newspaper(db)
        paper.publish(range(24), blue)
        for number in range(60):
            fails = Places("fails", 1, "length") if number % 3 else Places("fits", 1)
            article = paper.refine(page(1, blue(1, stories()[1])))
            assert isinstance(article, Article)
            paper.keep(page(1, ""), replace(article, places=fails))
        [(state, reason)] = paper.rows("SELECT state, reason FROM templates")
    assert (state, reason) == ("dropped", "it fits few of its pages: length")


def test_a_page_that_is_no_article_after_all_counts_against_the_template(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        paper = Newspaper(db)
        paper.publish(range(24), blue)
        places = Places("differs", 1, "no article (list_page)")
        for number in (1, 2):
            refused = Rejected(f"https://river.example/{number}", "list_page", places=places)
            keep(db, Refined(page(number, ""), refused), found_by="feed", now=NOW)
        [(state, reason)] = paper.rows("SELECT state, reason FROM templates")
    assert state == "dropped"
    assert reason == "differed from the full extraction: no article (list_page)"


def test_an_article_of_no_site_teaches_nothing(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        paper = Newspaper(db)
        article = paper.refine(page(1, blue(1, stories()[0])))
        assert isinstance(article, Article)
        paper.keep(page(1, ""), replace(article, site=None))
        assert paper.rows("SELECT * FROM _places") == []
    assert SITE.template is None
