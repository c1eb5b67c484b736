"""The interface in the reader's language: by a switch, or else by what the browser wishes.

Catalogues are `locale/LANGUAGE.po`, read when the application starts: no compiled file can be older
than its source. The msgids are the English interface.
"""

import gettext as catalogues
import io
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from babel import Locale, localedata
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from datasette.utils.asgi import Request, Response
from jinja2 import Environment
from markupsafe import Markup

from browse.access import App, AsgiScope, Receive, Send
from browse.calendars import month_style, script_locale
from browse.hooks import hookimpl
from browse.numerals import grouped

LOCALE = Path(__file__).parent / "locale"
# By code, each in its own name.
LANGUAGES = {"ar": "العربية", "en": "English", "fa": "فارسی", "fr": "Français"}
_RIGHT_TO_LEFT = frozenset({"ar", "fa"})
_SOURCE = "en"
_COOKIE = "language"
_ONE_YEAR = 31_536_000  # seconds
_MAX_HEADER_CHARS = 500
_TAG = re.compile("([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}|[0-9]{3}))?", re.IGNORECASE)
# Where the browser names no country. Stories are dated day first, as everywhere but in one.
_REGIONS = {"en": "en_GB"}

_language: ContextVar[str] = ContextVar("language", default=_SOURCE)
_locale: ContextVar[str] = ContextVar("locale", default=_REGIONS[_SOURCE])


def language() -> str:
    """The code of the language in which this request is answered."""
    return _language.get()


def interface_locale() -> Locale:
    """That language as it is written in the reader's country: its months, its digits."""
    return _locale_named(_locale.get())


# Each parses a file of CLDR's.
_locale_named = cache(Locale.parse)


def text_direction(code: str | None = None) -> str:
    return "rtl" if (code or language()) in _RIGHT_TO_LEFT else "ltr"


def gettext(message: str) -> str:
    """The message in the language of this request. Modules import it as `_`."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    return _catalogue(language()).ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    return _catalogue(language()).pgettext(context, message)


@cache
def _catalogue(code: str) -> catalogues.NullTranslations:
    path = LOCALE / f"{code}.po"
    if not path.exists():
        return catalogues.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)


def wished(cookie: str, accepted: str) -> str:
    """The language of a request, by its headers Cookie and Accept-Language."""
    try:
        chosen = SimpleCookie(cookie[:4096]).get(_COOKIE)
    except CookieError:
        chosen = None
    if chosen is not None and chosen.value in LANGUAGES:
        return chosen.value
    return next((code for code in _by_weight(accepted) if code in LANGUAGES), _SOURCE)


def wished_locale(code: str, accepted: str) -> str:
    """The name of a language's locale (`ar_SY`), of the first country that the browser names with it."""
    for part in accepted[:_MAX_HEADER_CHARS].split(","):
        tag = _TAG.fullmatch(part.partition(";")[0].strip())
        if tag and tag[2] and tag[1].lower() == code:
            name = f"{code}_{tag[2].upper()}"
            if localedata.exists(name):
                return name
    return _REGIONS.get(code, code)


def _by_weight(accepted: str) -> list[str]:
    """The languages of `ar-EG,ar;q=0.9,en;q=0.8`, the most wished first."""
    weighted: list[tuple[float, str]] = []
    for part in accepted[:_MAX_HEADER_CHARS].split(","):
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if weight > 0:
            weighted.append((-weight, tag.strip().lower().partition("-")[0]))
    return [code for _, code in sorted(weighted, key=lambda item: item[0])]


def _filled(message: str, values: Mapping[str, Any]) -> Markup:
    """A template's message with its values, whole numbers in the reader's digits."""
    written = {
        name: grouped(value, interface_locale()) if type(value) is int else value
        for name, value in values.items()
    }
    try:
        return Markup(message) % written  # noqa: S704
    except TypeError:  # `%(num)d`
        return Markup(message) % dict(values)  # noqa: S704


def _template_gettext(message: str, **values: Any) -> Markup:
    return _filled(gettext(message), values)


def _template_ngettext(singular: str, plural: str, count: int, **values: Any) -> Markup:
    return _filled(ngettext(singular, plural, count), {"num": count} | values)


def _template_pgettext(context: str, message: str, **values: Any) -> Markup:
    return _filled(pgettext(context, message), values)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.add_extension("jinja2.ext.i18n")
    # It compiles `{% trans %}` into calls with values by name, which ours are.
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals |= {
        "gettext": _template_gettext,
        "ngettext": _template_ngettext,
        "pgettext": _template_pgettext,
        "interface_language": language,
        "script_locale": lambda: script_locale(interface_locale()),
        "month_style": lambda: month_style(interface_locale()),
        "interface_direction": text_direction,
        "interface_languages": LANGUAGES,
    }
    # For what is no template's own text, but named elsewhere: titles of tables and queries.
    env.filters["translated"] = lambda text: gettext(text) if text else ""


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    def wrap(app: App) -> App:
        async def translated(scope: AsgiScope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
                accepted = headers.get(b"accept-language", "")
                code = wished(headers.get(b"cookie", ""), accepted)
                _language.set(code)
                _locale.set(wished_locale(code, accepted))
                send = _with_language(send, code)
            await app(scope, receive, send)

        return translated

    return wrap


def _with_language(send: Send, code: str) -> Send:
    """Pages say their language, and caches that it depends on the reader. Data has none."""
    added = [(b"content-language", code.encode()), (b"vary", b"Accept-Language, Cookie")]

    async def send_with_language(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            if any(name == b"content-type" and b"html" in value for name, value in headers):
                message = {**message, "headers": [*headers, *added]}
        await send(message)

    return send_with_language


async def choose_language(request: Request) -> Response:
    """`/language?to=ar&page=/…` keeps the choice in a cookie and goes back to the page."""
    code, page = request.args.get("to"), request.args.get("page") or "/"
    # Nothing but a path of ours: `//host` and `/\host` are other servers.
    is_path = page.startswith("/") and page[1:2] not in ("/", "\\") and page.isprintable()
    response: Any = Response.redirect(page if is_path else "/")
    if code in LANGUAGES:
        response.set_cookie(_COOKIE, code, max_age=_ONE_YEAR, path="/", samesite="lax")
    return response
