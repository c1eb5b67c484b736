"""Whether an answer is a wall in place of what was asked for: a check for robots or a block, a login, a
request for consent elsewhere. By status, headers, address and the beginning of the body; what only the
text shows is found when a page is refined.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from urllib.parse import parse_qsl, unquote, urlsplit

from scrapy.http import Response

from items import Reason
from pipelines.extraction.consent_wall import is_consent_address
from spiders.fetching.request_kinds import is_html
from text.folding import fold
from text.terminal import printable

_OK = (200, 202, 203)
_UNAUTHORISED = 401
# Bytes of a body that are searched. A page of a check has 1 to 30 kB, nearly all of it a script.
_MAX_BYTES = 64 << 10
# Characters of text that such a page has at most where its status says nothing; one of a captcha alone.
_MAX_CHARS, _MAX_CAPTCHA_CHARS = 1500, 600
_PIECE_BYTES = 4 << 10
_MAX_PATH_CHARS, _MAX_PARAMETERS = 2000, 20
_TITLE = re.compile(rb"<title[^>]{0,200}+>([^<]{0,300})", re.IGNORECASE)
_TAG = re.compile(rb"<[^>]*+>?")


@dataclass(frozen=True, slots=True)
class Wall:
    """`reason`: BLOCK_PAGE, LOGIN_WALL or CONSENT_WALL; `detail`: a sentence for a person."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class BotCheck:
    """The marks of one system that checks for robots: see `walls.toml`."""

    name: str
    always: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    bodies: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Marks:
    refusals: frozenset[int]
    titles: tuple[str, ...]
    captchas: tuple[bytes, ...]
    login_addresses: frozenset[str]
    login_keys: frozenset[str]
    checks: tuple[BotCheck, ...]


@lru_cache(maxsize=1)
def _marks() -> _Marks:
    data = tomllib.loads(
        resources.files("pipelines.rules").joinpath("walls.toml").read_text("utf-8")
    )
    return _Marks(
        refusals=frozenset(data["refusals"]),
        titles=tuple(map(fold, data["titles"])),
        captchas=tuple(mark.encode() for mark in data["captchas"]),
        login_addresses=frozenset(map(fold, data["logins"]["addresses"])),
        login_keys=frozenset(data["logins"]["keys"]),
        checks=tuple(
            BotCheck(
                check["name"],
                check.get("always", {}),
                check.get("headers", {}),
                tuple(body.encode() for body in check["bodies"]),
            )
            for check in data["checks"]
        ),
    )


def wall_in(asked: str, response: Response) -> Wall | None:
    """What stands in place of the page or source at `asked`, which may have been redirected."""
    if wall := bot_check_in(response):
        return wall
    if response.status == _UNAUTHORISED:
        return Wall(Reason.LOGIN_WALL, "answers 401: it wants a login")
    if response.status in _OK and leads_to_login(asked, response.url):
        return Wall(Reason.LOGIN_WALL, f"leads to a login ({printable(response.url)[:200]})")
    return None


def wall_beyond(asked: str, refused: str) -> Wall | None:
    """Of a redirect that was not followed: to another site, or where robots.txt allows nothing."""
    if leads_to_login(asked, refused):
        return Wall(Reason.LOGIN_WALL, f"leads to a login ({printable(refused)[:200]})")
    if is_consent_address(refused) and not is_consent_address(asked):
        return Wall(
            Reason.CONSENT_WALL, f"leads to a request for consent ({printable(refused)[:200]})"
        )
    return None


def bot_check_in(response: Response, *, named: bool = False) -> Wall | None:
    """A check for robots, or a block by what does such checks. `named`: only of a system that is known;
    a title such as "please wait" is also that of a page which leads on.
    """
    marks, is_refusal = _marks(), response.status in _marks().refusals
    if not is_refusal and response.status not in _OK:
        return None
    headers = _headers(response)
    for check in marks.checks:
        if _has_header(headers, check.always) or (
            is_refusal and response.status not in _OK and _has_header(headers, check.headers)
        ):
            return _blocked(check.name, response.status)
    is_hidden = response.status in _OK
    if is_hidden and len(response.body) > _MAX_BYTES:
        return None
    body = response.body[:_MAX_BYTES].lower()
    if not is_html(body) and not body.lstrip().startswith(b"<"):
        return None
    chars = _text_chars(body) if is_hidden else 0
    if chars > _MAX_CHARS:
        return None
    for check in marks.checks:
        if any(mark in body for mark in check.bodies):
            return _blocked(check.name, response.status)
    if named:
        return None
    has_captcha = chars <= _MAX_CAPTCHA_CHARS and any(mark in body for mark in marks.captchas)
    if has_captcha or (chars <= _MAX_CAPTCHA_CHARS and _has_title(body)):
        return _blocked("", response.status)
    return None


def _blocked(name: str, status: int) -> Wall:
    what = f"{name}'s check for robots" if name else "a check for robots"
    return Wall(Reason.BLOCK_PAGE, f"answers with {what} ({status})")


def _headers(response: Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): b",".join(values).decode("latin-1").lower()[:200]
        for name, values in response.headers.items()
    }


def _has_header(headers: Mapping[str, str], marks: Mapping[str, str]) -> bool:
    """An empty mark: the header is there at all."""
    return any(name in headers and mark in headers[name] for name, mark in marks.items())


def _has_title(body: bytes) -> bool:
    match = _TITLE.search(body)
    title = fold(match[1].decode("utf-8", "replace")) if match else ""
    # `Access denied | example.org used Cloudflare to restrict access` has eight words more.
    return any(
        title.startswith(words) and len(title.split()) <= len(words.split()) + 9
        for words in _marks().titles
    )


def _text_chars(body: bytes) -> int:
    """How many bytes of text a page of lower-case bytes shows, without scripts and styles, as far as it
    matters: of more than `_MAX_CHARS`, any number above; linear.
    """
    for tag in (b"script", b"style"):
        first, *others = body.split(b"<" + tag)
        body = first + b"".join(part.partition(b"</" + tag)[2] for part in others)
    chars = position = 0
    # An article is told by its beginning: to read 64 kB of it took .5 ms.
    while position < len(body) and chars <= _MAX_CHARS:
        end = _end_of_text(body, position + _PIECE_BYTES)
        chars += len(b"".join(_TAG.sub(b" ", body[position:end]).split()))
        position = end
    return chars


def _end_of_text(body: bytes, position: int) -> int:
    """The first tag's beginning from `position` on, where a piece may end: no tag is cut."""
    end = body.find(b"<", position)
    return end if end >= 0 else len(body)


def leads_to_login(asked: str, answered: str) -> bool:
    return asked != answered and is_login_address(answered) and not is_login_address(asked)


def is_login_address(url: str) -> bool:
    """By a part of the path, the first part of the host, or the value of such a key as `view`."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query[:_MAX_PATH_CHARS], max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return False
    marks = _marks()
    path = unquote(parts.path[:_MAX_PATH_CHARS])
    names = [
        (parts.hostname or "").partition(".")[0],
        *(name.rpartition(".")[0] or name for name in path.split("/")),
        *(value for key, value in query if key.lower() in marks.login_keys),
    ]
    return any(fold(name) in marks.login_addresses for name in names)
