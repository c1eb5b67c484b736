"""A news site that scripts draw: a page of one element, a bundle, and an interface that gives the articles."""

import json

from web_server import Answer, Page, Web

COUNT = 13
_SENTENCES = (
    "أعلنت بلدية المدينة رقم {number} اليوم خطة لإصلاح الطرق تشمل ثلاثة أحياء في شمالها.",
    "وقال رئيس البلدية في مؤتمر صحفي إن العمل يبدأ الشهر المقبل ويستمر حتى نهاية الصيف.",
    "وتبلغ كلفة المشروع رقم {number} نحو مليوني ليرة، تدفع الحكومة نصفها والبلدية نصفها الآخر.",
    "ورحب سكان الأحياء بالخطة، وطالب بعضهم بإضافة أرصفة وممرات للمشاة قرب المدارس.",
)
SHELL = """<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>صحيفة</title>
<script src="/static/bundle.js" defer></script><link rel="stylesheet" href="/static/site.css">
</head><body><noscript>You need to enable JavaScript to run this app.</noscript>
<div id="root"></div></body></html>"""
# As bundles do it: a router, a fetch, elements made of the answer.
BUNDLE = """
const root = document.getElementById("root");
const add = (parent, tag, text, attributes = {}) => {
  const element = parent.appendChild(document.createElement(tag));
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};
const get = async path => (await fetch(path, {headers: {"x-key": "public"}})).json();
async function list() {
  for (const item of await get("/api/articles")) {
    const entry = add(root, "article");
    add(add(entry, "h2"), "a", item.title, {href: item.path});
  }
}
async function story() {
  const item = await get("/api" + location.pathname);
  document.title = item.title;
  const entry = add(root, "article");
  add(entry, "h1", item.title);
  add(entry, "time", item.published, {datetime: item.published});
  add(entry, "img", "", {src: "/static/photo.jpg"});
  for (const line of item.lines) add(entry, "p", line);
}
location.pathname === "/" ? list() : story();
"""


def path(number: int) -> str:
    return f"/news/2026/11/{number:02}-road-works-in-the-north"


def title(number: int) -> str:
    return f"خطة لإصلاح الطرق في المدينة رقم {number}"


def lines(number: int) -> tuple[str, ...]:
    return tuple(sentence.format(number=number) for sentence in _SENTENCES)


def _as_json(value: object) -> Answer:
    return Answer(json.dumps(value), headers={"Content-Type": "application/json"})


def publish(web: Web, count: int = COUNT, *, script: str = BUNDLE) -> None:
    """`script` draws the pages."""
    numbers = range(1, count + 1)
    javascript = {"Content-Type": "text/javascript"}
    pages: dict[str, Page] = {"/": SHELL, "/static/bundle.js": Answer(script, headers=javascript)}
    for number in numbers:
        pages[path(number)] = SHELL
        pages["/api" + path(number)] = _as_json(
            {
                "title": title(number),
                "published": f"2026-11-{number:02}T08:00:00Z",
                "lines": lines(number),
            }
        )
    pages["/api/articles"] = _as_json(
        [{"title": title(number), "path": path(number)} for number in numbers]
    )
    web.pages.update(pages)
