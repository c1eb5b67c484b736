"""One event as several outlets tell it, and watches that find it: what the demo's sites do not have.

For the screenshots and the tests of the pages that compare; `warraq demo` itself stores none of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from items import Article
from storage.articles import store
from storage.selection import Selection
from storage.watches.matching import find_matches
from storage.watches.rows import NewChannel, add_watch
from text.timestamps import add_seconds
from text.urls import article_id

_DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Report:
    """A story of the event; `section` as its outlet calls it."""

    site: str
    published: str
    section: str
    title: str
    paragraphs: tuple[str, ...]


REPORTS = (
    Report(
        *("waha", "2025-10-29T05:40:00Z", "محليات"),
        "جنوح سفينة الحاويات «نورسة» عند مدخل ميناء السلال",
        (
            "جنحت سفينة الحاويات «نورسة» فجر الأربعاء عند مدخل ميناء السلال، فتوقفت حركة الملاحة في القناة الشرقية.",
            "وقال مدير الميناء رياض العتابي إن السفينة انحرفت عن مسارها بسبب الضباب، وإن طاقمها المؤلف من 21 بحارًا بخير.",
            "وأضاف العتابي أن ثلاث قاطرات تنتظر المد لتعويم «نورسة»، وأن الغواصين لم يجدوا تسربًا للوقود.",
        ),
    ),
    Report(
        *("mizan", "2025-10-29T08:15:00Z", "اقتصاد"),
        "ميناء السلال مغلق بعد جنوح «نورسة» وعشر سفن تنتظر",
        (
            "أغلقت إدارة ميناء السلال القناة الشرقية بعد جنوح سفينة الحاويات «نورسة» عند مدخلها صباح الأربعاء.",
            "وتنتظر عشر سفن في عرض البحر، منها ناقلتا حبوب، فيما قدّر تجار كلفة يوم من الانتظار بنحو 40 ألف دينار للسفينة.",
            "وأكد مدير الميناء رياض العتابي أن القاطرات ستحاول تعويم السفينة مع المد.",
        ),
    ),
    Report(
        *("barid", "2025-10-29T13:30:00Z", "أخبار"),
        "القاطرات تفشل في تعويم «نورسة» أمام ميناء السلال",
        (
            "فشلت ثلاث قاطرات في تعويم سفينة الحاويات «نورسة» الجانحة أمام ميناء السلال، وانقطع حبل إحداها دون إصابات.",
            "وقال قبطان القاطرة الأولى إن مقدمة السفينة غاصت مترين في الرمل، وإن المحاولة ستتكرر بعد تفريغ الحاويات الأمامية.",
        ),
    ),
    Report(
        *("daftar", "2025-10-30T06:20:00Z", "المدينة"),
        "صيادو السلال ينقلون الماء والخبز إلى بحارة «نورسة»",
        (
            "حمل صيادون من حي السلال الماء والخبز إلى بحارة سفينة الحاويات «نورسة» الجانحة عند مدخل الميناء منذ الأربعاء.",
            "وقال الصياد فرحان الدوري إن البحارة الواحد والعشرين حيّوا القوارب بالصفير، وإن أحدهم طلب صحيفة ليعرف ماذا كُتب عنهم.",
        ),
    ),
    Report(
        *("maraya", "2025-10-30T16:45:00Z", "دولي"),
        "تعويم «نورسة» وعودة الملاحة إلى ميناء السلال",
        (
            "عُوّمت سفينة الحاويات «نورسة» مساء الخميس بعد 36 ساعة من جنوحها، وعادت الملاحة إلى القناة الشرقية في ميناء السلال.",
            "وقال مدير الميناء رياض العتابي إن القاطرات الثلاث سحبت السفينة مع المد بعد تفريغ 60 حاوية من مقدمتها.",
            "وأعلنت الإدارة فتح تحقيق في سبب انحراف «نورسة» عن مسارها في الضباب.",
        ),
    ),
)
WATCHES = {
    "السلال": Selection(search='"ميناء السلال" OR نورسة', languages=("ar",)),
    "harbour": Selection(search="harbour OR port", languages=("en",)),
}


def store_coverage(db: Database, now: str, channels: Sequence[NewChannel] = ()) -> int:
    """Store the reports, one a day up to `now`, as the watches find them; the number of the first.
    `channels` tell of what the first watch finds.
    """
    for name, selection in WATCHES.items():
        made = add_seconds(now, -2 * len(REPORTS) * _DAY)
        add_watch(db, name, selection, made, channels=channels)
        channels = ()
    for days, report in zip(reversed(range(len(REPORTS))), REPORTS, strict=True):
        seen = add_seconds(now, -days * _DAY)
        store(db, article(report), now=seen)
        find_matches(db, seen)
    first = article(REPORTS[0]).id
    return int(db.execute("SELECT number FROM articles WHERE id = ?", [first]).fetchone()[0])


def article(report: Report) -> Article:
    url = f"https://{report.site}.example/{report.published[:10]}/{REPORTS.index(report)}"
    return Article(
        id=article_id(url),
        url=url,
        site=report.site,
        section=report.section,
        title=report.title,
        paragraphs=report.paragraphs,
        published=report.published,
        language="ar",
    )
