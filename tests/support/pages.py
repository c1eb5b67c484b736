"""Invented pages: an article within a theme, a list page, a plain page."""

PARAGRAPHS = (
    "أعلنت وزارة النقل اليوم انتهاء أعمال صيانة الجسر الشمالي وإعادة فتحه أمام حركة السيارات بعد إغلاق دام شهرين.",
    "وأوضح مدير الطرق في الوزارة أن الأعمال شملت تبديل فواصل التمدد وتدعيم الركائز وإعادة تعبيد الطريق بطول كيلومترين.",
    "وأشار إلى أن كلفة المشروع بلغت أربعة ملايين، وأن المرحلة الثانية تبدأ مطلع الشهر القادم وتشمل الجسر الجنوبي.",
    "وكان سائقون شكوا خلال الأسابيع الماضية من ازدحام الطرق البديلة، ولا سيما في ساعات الصباح.",
)
TITLE = "إعادة فتح الجسر الشمالي بعد شهرين من الصيانة"


def article_page(
    paragraphs: tuple[str, ...] = PARAGRAPHS, *, head: str = "", below: str = ""
) -> str:
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{TITLE} - صحيفة النهر</title><meta property="og:type" content="article">{head}</head>
<body class="single-post"><header><nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/politics">سياسة</a></li>
<li><a href="/sport">رياضة</a></li></ul></nav></header>
<main><article><h1>{TITLE}</h1>
<div class="entry-meta"><span>نشر في 3 آذار 2024</span> <span>3 دقائق للقراءة</span></div>
<div class="share-buttons"><a href="#">فيسبوك</a><a href="#">تويتر</a></div>
<div class="entry-content">{body}</div>{below}
<div class="post-tags">الوسوم: <a href="/tag/a">جسور</a> <a href="/tag/b">نقل</a></div></article>
<section id="related-posts"><h3>مقالات ذات صلة</h3><ul><li><a href="/1">ازدحام في وسط المدينة</a></li>
<li><a href="/2">خطة جديدة للنقل العام</a></li></ul></section>
<div id="comments"><h3>اترك تعليقاً</h3><p>لن يتم نشر عنوان بريدك الإلكتروني.</p><form><textarea></textarea></form></div>
</main><footer><p>جميع الحقوق محفوظة لصحيفة النهر 2024</p><a href="#top">زر الذهاب إلى الأعلى</a></footer></body></html>"""


def list_page(count: int = 8) -> str:
    items = "".join(
        f"""<div class="node"><h2><a href="/news/{number}">خبر رقم {number} من أخبار المدينة اليوم</a></h2>
<p>{PARAGRAPHS[number % 4]}</p><a href="/news/{number}">اقرأ المزيد</a></div>"""
        for number in range(count)
    )
    return f"<html><head><title>أخبار - صحيفة النهر</title></head><body><div id='content'>{items}</div></body></html>"


def plain_page(title: str, text: str) -> str:
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
