"""The interface in the reader's language: by a switch, or else by what the browser wishes.

Catalogues are `locale/LANGUAGE.po`, read when the application starts: no compiled file can be older
than its source. The msgids are the English interface.
"""

import gettext as catalogues
import io
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from datasette.utils.asgi import Request, Response
from jinja2 import Environment

from browse.access import App, AsgiScope, Receive, Send
from browse.hooks import hookimpl

LOCALE = Path(__file__).parent / "locale"
# By code, each in its own name.
LANGUAGES = {"ar": "العربية", "en": "English", "fa": "فارسی", "fr": "Français"}
_RIGHT_TO_LEFT = frozenset({"ar", "fa"})
_SOURCE = "en"
_COOKIE = "language"
_ONE_YEAR = 31_536_000  # seconds
_MAX_HEADER_CHARS = 500

_language: ContextVar[str] = ContextVar("language", default=_SOURCE)


def language() -> str:
    """The code of the language in which this request is answered."""
    return _language.get()


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


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext
    )
    env.globals |= {
        "interface_language": language,
        "interface_direction": text_direction,
        "interface_languages": LANGUAGES,
    }


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    def wrap(app: App) -> App:
        async def translated(scope: AsgiScope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
                _language.set(
                    wished(headers.get(b"cookie", ""), headers.get(b"accept-language", ""))
                )
            await app(scope, receive, send)

        return translated

    return wrap


async def choose_language(request: Request) -> Response:
    """`/language?to=ar&page=/…` keeps the choice in a cookie and goes back to the page."""
    code, page = request.args.get("to"), request.args.get("page") or "/"
    # Nothing but a path of ours: `//host` and `/\host` are other servers.
    is_path = page.startswith("/") and page[1:2] not in ("/", "\\") and page.isprintable()
    response: Any = Response.redirect(page if is_path else "/")
    if code in LANGUAGES:
        response.set_cookie(_COOKIE, code, max_age=_ONE_YEAR, path="/", samesite="lax")
    return response
