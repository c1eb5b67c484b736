"""Pages that misbehave in the worker that refines them (see `fake_refine`), and their outcomes."""

from items import Article, Page, Rejected

TEXTS = (
    "misbehave:hang",
    "<h1>عنوان</h1><p>نص الخبر</p>",
    "misbehave:exit",
    "misbehave:memory",
    "misbehave:raise",
    "<p>خبر آخر</p>",
)
Outcomes = list[Article | Rejected]


def page(text: str, number: int = 1) -> Page:
    url = f"https://news.example/{number}"
    return Page(key=url, url=url, body=text.encode(), fetched="2026-11-01T06:00:00Z")


def reasons(outcomes: Outcomes) -> list[str]:
    return [outcome.reason if isinstance(outcome, Rejected) else "" for outcome in outcomes]


def assert_survived(outcomes: Outcomes) -> None:
    """Assert that the hostile ones of TEXTS are rejected with a reason, and the others refined."""
    assert reasons(outcomes) == ["timeout", "", "crashed", "memory", "crashed", ""]
    assert [outcome.paragraphs for outcome in outcomes if isinstance(outcome, Article)] == [
        ("نص الخبر",),
        ("خبر آخر",),
    ]
