"""Pages as the common news systems and themes write them: `systems/`, by our own hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from items import Rights, Site
from pipelines.extraction.parse_html import parse_html
from pipelines.metadata.metadata import Metadata, metadata_of_page
from text.charset import decode

SYSTEMS = Path(__file__).parent / "systems"
SITE = Site(name="any", timezone="Asia/Damascus")
URL = "https://x.example/article/1"

EXPECTED = {
    "twentytwentyone": Metadata(
        title="بلدية حلب تعيد فتح سوق النحاسين بعد ترميمه",
        author="سامر العلي",
        published="2023-06-21T13:16:00Z",
        modified="2023-06-22T06:00:00Z",
        sections=("محليات",),
        tags=("حلب", "أسواق"),
        canonical="https://difaf.example/2023/06/souq/",
    ),
    "jannah": Metadata(
        title="انطلاق موسم قطاف الزيتون في ريف إدلب",
        published="2023-10-15T05:05:00Z",
        modified="2023-10-16T07:00:00Z",
        sections=("اقتصاد",),
        tags=("زيتون", "إدلب"),
        image="https://nada.example/wp-content/uploads/2023/10/zaytoun.jpg",
        site_name="وكالة الندى",
        kind="NewsArticle",
    ),
    "newspaper": Metadata(
        title="معرض للكتاب المستعمل في بيروت",
        author="رنا خوري",
        published="2024-02-03T11:30:00Z",
        sections=("ثقافة", "كتب"),
        tags=("كتب قديمة",),
    ),
    "elementor": Metadata(
        title="جامعة دمشق تعلن مواعيد الامتحانات",
        published="2023-06-21T13:16:00Z",
        sections=("تعليم",),
    ),
    "blocks": Metadata(
        title="قطار جديد بين الدار البيضاء ومراكش",
        author="يوسف بنعلي",
        published="2024-09-05T06:45:00Z",
        sections=("نقل",),
        tags=("قطارات",),
    ),
    "yoast": Metadata(
        title="مهرجان للتمور في القصيم",
        author="نوف العتيبي",
        published="2024-08-19T05:00:00Z",
        modified="2024-08-19T07:30:00Z",
        sections=("منوعات",),
        tags=("تمور", "القصيم"),
        image="https://nakhil.example/full.jpg",
        site_name="نخيل",
        kind="NewsArticle",
        language="en",
    ),
    "drupal7_site_heading": Metadata(
        title="حملة لتشجير جبل قاسيون",
        author="هدى مراد",
        published="2023-03-02T08:20:00Z",
        sections=("بيئة",),
        tags=("تشجير",),
        canonical="https://x.example/ar/node/15",
    ),
    "drupal10": Metadata(
        title="افتتاح محطة تحلية في العقبة",
        author="مريم الحسن",
        published="2025-01-04T10:05:00Z",
        sections=("مياه",),
        tags=("تحلية", "العقبة"),
        canonical="https://d10.example/ar/node/9",
    ),
    "joomla": Metadata(
        title="إضراب عمال الميناء في عدن",
        author="سعاد ناصر",
        published="2022-12-07T15:40:00Z",
        modified="2022-12-08T03:00:00Z",
        sections=("اليمن",),
        tags=("عدن",),
    ),
    "ghost": Metadata(
        title="كيف عادت الحرف القديمة إلى تونس",
        author="آمنة الزواري",
        published="2024-05-02T09:15:30Z",
        modified="2024-05-03T10:00:00Z",
        sections=("حرف",),
        tags=("تونس",),
        image="https://ghost.example/content/images/2024/05/a.jpg",
        canonical="https://ghost.example/craft/",
        site_name="دفاتر",
        kind="Article",
    ),
    "blogger": Metadata(
        title="حكاية بيت قديم في صيدا",
        author="خالد زين",
        published="2023-06-21T13:16:00Z",
        tags=("تراث", "صيدا"),
        canonical="https://mudawana.example/2023/06/blog-post_21.html",
    ),
    "homemade": Metadata(
        title="وزير الزراعة: مخزون القمح يكفي ستة أشهر",
        author="ليلى حسن",
        published="2023-06-21T13:16:00Z",
        language=None,
    ),
}


def read(name: str, site: Site = SITE, encoding: str = "utf-8") -> Metadata:
    text = (SYSTEMS / f"{name}.html").read_text("utf-8")
    tree = parse_html(decode(text.encode(encoding), None))
    assert tree is not None
    return metadata_of_page(tree, URL, site)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_page_of(name: str) -> None:
    expected = EXPECTED[name]
    section = expected.sections[0] if expected.sections else None
    language = None if name == "homemade" else expected.language or "ar"
    metadata = replace(read(name), witnesses=(), og_url=None, rights=Rights())
    assert metadata == replace(expected, section=section, language=language)


def test_a_home_made_page_in_undeclared_windows_1256() -> None:
    assert read("homemade", encoding="windows-1256") == read("homemade")


def test_a_page_whose_heading_and_title_are_the_site_s_name() -> None:
    metadata = read("aspnet", replace(SITE, title="صحيفة الرأي الحر"))
    assert metadata.title == "فريق السلة يتأهل إلى نصف النهائي"
    assert metadata.published == "2023-06-21T13:16:00Z"
