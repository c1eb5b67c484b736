"""Articles for the tests of the storage room, and the rows of a query."""

import hashlib
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from items import Article, RemovedLine

NOW = "2026-11-01T06:00:00Z"
LATER = "2026-11-02T06:00:00Z"


def article_id(sample: int) -> str:
    return hashlib.sha256(str(sample).encode()).hexdigest()[:16]


def article(sample: int = 0, **changes: Any) -> Article:
    """An article with two removed lines; every `sample` has another text."""
    original = Article(
        id=article_id(sample),
        url=f"https://news.example/{sample}",
        site="news",
        section="محليات",
        title=f"افتتاح المكتبة رقم {sample}",
        source="وكالة الأنباء",
        paragraphs=(
            f"افتتحت البلدية صباح اليوم المكتبة رقم {sample} في حضور جمع من الأهالي والطلاب. " * 3,
            "وقال المدير إن الأبواب مفتوحة للجميع.",
        ),
        published="2026-10-31T09:30:00Z",
        language="ar",
        tags=("ثقافة", "مكتبات"),
        removed=(
            RemovedLine(0, "الرئيسية / محليات", "section_link"),
            RemovedLine(3, "اقرأ أيضاً: معرض الكتاب", "read_more"),
        ),
    )
    return replace(original, **changes)


def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.execute(sql).fetchall()]
