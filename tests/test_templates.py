"""A site's template: learned from its articles, believed after a trial, dropped at a redesign."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from corpus_commands import Warraq
from pages import list_page, plain_page
from sqlite_utils import Database
from themes import NOW, SITE, Newspaper, blue, green, page, stories, texts

from items import Article, Page, Rejected
from pipelines.refine import refine
from pipelines.templates.known import SAMPLE, is_sample
from storage.templates.reading import data_of, template_of

LEARNED = 24  # articles: 12 to learn from, 8 on trial, and a few that were no use


@pytest.fixture
def paper(db: Database) -> Newspaper:
    """With a template that has been learned."""
    paper = Newspaper(db)
    paper.publish(range(LEARNED), blue)
    return paper


def outcome(article: Article | Rejected) -> str:
    assert isinstance(article, Article), article
    return article.places.outcome if article.places else ""


def same(one: Article | Rejected, other: Article | Rejected) -> bool:
    """All but the record of what was cut: it begins where the one or the other began to read."""
    if isinstance(one, Article) and isinstance(other, Article):
        return replace(one, removed=()) == replace(other, removed=())
    return one == other


def test_a_template_is_learned_from_articles_and_believed_after_a_trial(db: Database) -> None:
    paper = Newspaper(db)
    states = []
    for number in range(LEARNED):
        paper.publish(range(number, number + 1), blue)
        states.append([state for (state,) in paper.rows("SELECT state FROM templates")])
    assert states[10] == []
    assert states[11] == ["trial"]
    assert states[-1] == ["learned"]
    [(path, articles)] = paper.rows("SELECT path, articles FROM templates")
    assert (path, articles) == ("main.#content > article.post > div.entry-content", 12)


def test_an_article_is_the_same_with_the_template_and_without(paper: Newspaper) -> None:
    seen = []
    for number, story in enumerate(stories()[LEARNED:], LEARNED):
        its = page(number, blue(number, story))
        article = paper.refine(its)
        # Where the full extraction misses a line, the site's habit may know better.
        assert same(article, refine(its, SITE)) or list(article.paragraphs) == texts(story)  # type: ignore[union-attr]
        seen.append(outcome(article))
    assert seen.count("fits") > 0.8 * len(seen)


def test_what_the_template_cuts_is_on_the_record_with_the_same_reason(paper: Newspaper) -> None:
    number = next(n for n in range(LEARNED, 99) if not is_sample(page(n, "").key))
    its = page(number, blue(number, stories()[-1]))
    article, full = paper.refine(its), refine(its, SITE)
    assert isinstance(article, Article)
    assert isinstance(full, Article)
    assert outcome(article) == "fits"
    assert article.removed == full.removed != ()


def test_without_a_template_nothing_is_noted() -> None:
    article = refine(page(1, blue(1, stories()[0])), SITE)
    assert isinstance(article, Article)
    assert article.places is None


def test_a_redesign_loses_nothing_and_is_told(paper: Newspaper, tmp_path: Path) -> None:
    pool = stories()
    paper.publish(range(100, 140), green)
    rows = paper.rows("SELECT url, text FROM articles UNION SELECT url, text FROM copies")
    stored = {str(row[0]): row[1] for row in rows}
    for number in range(100, 140):
        its = page(number, green(number, pool[number % len(pool)]))
        article = refine(its, SITE)
        assert isinstance(article, Article)
        assert stored[its.url] == article.text
    [old, new] = paper.rows("SELECT state, reason, used > 5 FROM templates ORDER BY template")
    assert old[:2] == ("dropped", "8 articles in a row did not fit: container missing")
    assert new == ("learned", None, 1)
    said = Warraq(tmp_path)("status", "--json", code=1).output
    [site] = json.loads(said)["sites"]
    assert site["template"]["state"] == "learned"
    assert site["template"]["reason"] == old[1]


def test_status_says_that_a_template_was_dropped(
    paper: Newspaper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.status.utc_now", lambda: paper.now)
    paper.publish(range(100, 108), green)
    said = Warraq(tmp_path)("status", code=1).output
    assert "river: its template was dropped 0 s ago (8 articles in a row did not fit" in said
    assert "is being learned anew" in said
    paper.publish(range(108, 112), green)
    assert "was learned anew 0 s ago, on trial" in Warraq(tmp_path)("status", code=1).output


def test_a_page_that_is_no_article_does_not_become_one(paper: Newspaper) -> None:
    story = stories()[0]
    wall = blue(1, replace(story, blocks=story.blocks[:1])).replace(
        texts(story)[0], "هذا المحتوى للمشتركين فقط. سجل الدخول لمتابعة القراءة."
    )
    teasers = list_page().partition("<body>")[2].removesuffix("</body></html>")
    full_list = blue(2, story).replace(
        f"<p>{texts(story)[0]}</p>", f"<div class='items'>{teasers}</div>"
    )
    for html in (list_page(), wall, plain_page("تسجيل الدخول", "كلمة المرور"), "", full_list):
        its = page(77, html)
        assert paper.refine(its) == refine(its, SITE)
    assert isinstance(paper.refine(page(77, wall)), Rejected)


BODY = '<div class="entry-content">'


@pytest.mark.parametrize(
    "change",
    [
        lambda html: html.partition(BODY)[0] + BODY + "</div></article></main></body></html>",
        lambda html: html.replace("</main>", html.partition("<main")[2].partition(">")[2]),
        lambda html: html.replace("</main>", '</main><main id="content"><article class="post">'),
        lambda html: html.replace(BODY, BODY + "<div>" * 5000),
        lambda html: html.replace(BODY, BODY + "<p>فقرة تطول وتطول حتى لا تنتهي أبداً.</p>" * 4000),
        lambda html: html.replace("<h1", "<h1>عنوان آخر تماماً لا علاقة له</h1><h5").replace("</h1><div", "</h5><div"),
        lambda html: html.replace("<main", "<div class='lead'><p>" + "مقدمة الخبر خارج الإطار. " * 9 + "</p></div><main"),
        lambda html: html.replace(BODY, BODY + "<table><tr><td>الهدف<td>الدقيقة 12<tr><td>البطاقة<td>الدقيقة 40</table>"),
        lambda html: html.replace(BODY, BODY + "\x00<p>&#0;"),
    ],
    ids=["empty", "nested", "twice", "deep", "huge", "title", "lead", "table", "nul"],
)  # fmt: skip
def test_a_strange_page_is_read_as_it_would_be_without_the_template(
    paper: Newspaper, change: "object"
) -> None:
    for number in (301, 302, 303):
        its = page(number, change(blue(number, stories()[number % 7])))  # type: ignore[operator]
        assert paper.refine(its) == refine(its, SITE)


def test_a_box_that_was_never_seen_is_for_the_full_extraction(paper: Newspaper) -> None:
    box = '<div class="poll"><p>هل تؤيد توسيع الجسر؟ شارك برأيك في استطلاع القراء هذا الأسبوع.</p></div>'
    its = page(401, blue(401, stories()[3], box))
    article = paper.refine(its)
    assert outcome(article) == "fails"
    assert article == refine(its, SITE)


def test_what_the_sites_file_prunes_from_now_on_is_cut_at_once(paper: Newspaper) -> None:
    its = page(403, blue(403, stories()[3]))
    site = replace(SITE, prune=("//div[@class='entry-content']/p[2]",))
    article = refine(its, replace(site, template=template_of(paper.db, "river", paper.now)))
    assert outcome(article) == "fits"
    assert same(article, refine(its, site))
    assert not same(article, refine(its, SITE))


def test_what_was_strange_is_known_after_some_pages(paper: Newspaper) -> None:
    box = '<div class="poll"><p>هل تؤيد توسيع الجسر؟ شارك برأيك في استطلاع القراء هذا الأسبوع.</p></div>'
    pool = stories()
    seen = [paper.read(page(n, blue(n, pool[n % 9], box))) for n in range(500, 512)]
    assert outcome(seen[0]) == "fails"
    assert outcome(seen[-1]) in ("fits", "agrees")


def test_another_kind_of_page_gets_a_template_of_its_own(paper: Newspaper) -> None:
    pool = stories()
    for number in range(600, 660):
        theme = green if number % 2 else blue
        paper.read(page(number, theme(number, pool[number % len(pool)])))
    paths = paper.rows("SELECT path FROM templates WHERE state = 'learned' ORDER BY template")
    assert len(paths) == 2
    its = page(702, green(702, pool[5]))
    assert outcome(paper.refine(its)) == "fits"
    assert same(paper.refine(its), refine(its, SITE))


def test_a_template_that_is_wrong_is_found_out_by_the_sample(paper: Newspaper) -> None:
    data = data_of(paper.db, 1)
    learned = json.loads(data)
    for one in learned["counts"]:
        if one[0].endswith("div.inline-related"):
            one[2:4] = 99, 0
    wrong = json.dumps(learned)
    pool, samples = stories(), (n for n in range(1000, 3000) if is_sample(page(n, "").key))
    for _ in range(2):
        paper.db.execute("UPDATE _template_data SET data = ?", [wrong])
        paper.db.execute("UPDATE templates SET version = version + 1")
        number = next(samples)
        article = paper.read(page(number, blue(number, pool[number % len(pool)])))
        assert outcome(article) == "differs"
        assert isinstance(article, Article)
        assert list(article.paragraphs) == texts(pool[number % len(pool)])
    [(state, reason)] = paper.rows("SELECT state, reason FROM templates")
    assert (state, reason) == ("dropped", "differed from the full extraction: text")
    assert template_of(paper.db, "river", paper.now).learning is False


def test_the_sample_is_one_page_in_twenty_and_always_the_same() -> None:
    taken = sum(is_sample(f"https://river.example/news/{n}") for n in range(4000))
    assert 0.7 < taken * SAMPLE / 4000 < 1.3


def test_an_interfaces_own_html_needs_no_template(paper: Newspaper) -> None:
    body = "".join(f"<p>{text}</p>" for text in texts(stories()[0]))
    its = Page(
        "https://river.example/x", "https://river.example/x", body.encode(), NOW, fragment=True
    )
    article = paper.refine(its)
    assert isinstance(article, Article)
    assert article.places is None
