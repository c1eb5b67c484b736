"""The keys of a site's and a family's TOML file, with the checks of their values."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from apscheduler.triggers.cron import CronTrigger
from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from spiders.site_folders import NAME
from text.environment_values import is_header_value, variable_in
from text.proxy_address import EXPECTED as PROXY
from text.proxy_address import NO_PROXY, check_proxy
from text.suggestions import did_you_mean
from text.urls import canonicalise

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NUMBERS = re.compile(r"(?:\*|([0-7])(?:-([0-7]))?)(?:/(\d+))?")


def cron(text: str, timezone: str) -> CronTrigger:
    """The trigger of five crontab fields; `get_next_fire_time(None, now)` is its next time. Raises
    ValueError.
    """
    fields = text.split()
    if len(fields) != 5:
        raise ValueError(f"{len(fields)} fields")
    fields[4] = ",".join(day for part in fields[4].split(",") for day in _day_names(part))
    return CronTrigger.from_crontab(" ".join(fields), timezone)


def _day_names(part: str) -> Iterator[str]:
    """Days of the week by name, since APScheduler 3 counts them from Monday and cron from Sunday."""
    match = _NUMBERS.fullmatch(part)
    if match is None or part == "*":
        yield part
        return
    first, last, step = match.groups()
    start = int(first or 0)
    end = int(last) if last else (6 if step or first is None else start)
    for day in range(start, end + 1, int(step or 1) or 1):
        yield _DAYS[day % 7]


def _xpath(text: str) -> str:
    """An XPath (it starts with `/`, `(`, `./` or `..`) unchanged, a CSS selector as an XPath."""
    if not re.match(r"[/(]|\.[/.]", text):
        try:
            text = HTMLTranslator().css_to_xpath(text)
        except (SelectorError, SyntaxError) as error:
            raise ValueError(str(error)) from error
    try:
        etree.XPath(text)
    except etree.XPathError as error:
        raise ValueError(str(error)) from error
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(str(error)) from error
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(did_you_mean(text, available_timezones())) from error
    return text


def _url(text: str) -> str:
    if canonicalise(text) is None:
        raise ValueError("")
    return text


def _url_or_path(text: str) -> str:
    """A URL, or a path on the homepage's host."""
    return text if re.match(r"/(?!/)", text) else _url(text)


def _month_address(text: str) -> str:
    if "{year}" not in text or "{month}" not in text:
        raise ValueError("")
    return _url_or_path(text)


def _root(text: str) -> str:
    return _url_or_path(text if text.endswith("/") else text + "/")


def _cron(text: str) -> str:
    if cron(text, "UTC").get_next_fire_time(None, datetime.now(UTC)) is None:
        raise ValueError("no such time")
    return text


def _day(value: object) -> str | None:
    if value is None:
        return None
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    return day.isoformat()[:10]


# RFC 9110 5.6.2; of a cookie, RFC 6265 4.1.1.
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
# Headers that requests have of their own: the connection's, those by which a page is asked for again only
# where it has changed, and who asks.
_OWN_HEADERS = re.compile(
    r"host|content-.*|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|via"
    r"|cookie2?|accept-encoding|if-.*|range|user-agent|from|referer|origin|sec-.*|forwarded|x-forwarded-.*",
    re.IGNORECASE,
)


def _value(text: str) -> str:
    if variable_in(text) is None and not is_header_value(text):
        raise ValueError("printable ASCII, in one line")
    return text


def _cookies(pairs: dict[str, str]) -> dict[str, str]:
    for name, value in pairs.items():
        if not _TOKEN.fullmatch(name):
            raise ValueError("a name is letters and digits")
        if set(_value(value)) & set(';, "\\'):
            raise ValueError(f"{name}: a value has no space, quote, comma, semicolon or backslash")
    return pairs


def _headers(pairs: dict[str, str]) -> dict[str, str]:
    for name, value in pairs.items():
        if not _TOKEN.fullmatch(name):
            raise ValueError("a name is letters, digits and hyphens")
        if _OWN_HEADERS.fullmatch(name):
            hint = ", use [cookies]" if name.lower() == "cookie" else ""
            raise ValueError(f"{name} is Warraq's own{hint}")
        _value(value)
    return pairs


XPath = Annotated[str, AfterValidator(_xpath)]
Pattern = Annotated[str, AfterValidator(_pattern)]
UrlOrPath = Annotated[str, AfterValidator(_url_or_path)]
MonthAddress = Annotated[str, AfterValidator(_month_address)]
NonEmpty = Annotated[str, Field(min_length=1)]
Hours = Annotated[float, Field(gt=0, le=24 * 365)]


class Keys(BaseModel):
    """Error messages give a field's description as what was expected."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class LineRuleKeys(Keys):
    reason: str = Field(pattern=r"^[a-z_]+$", description="one lower-case word, such as read_more")
    phrases: list[NonEmpty] = Field(min_length=1, description="a list of one phrase or more")
    match: Literal["is", "start", "end"] = Field("is", description='"is", "start" or "end"')
    place: Literal["any", "edge", "head", "tail"] = Field(
        "any", description='"any", "edge", "head" or "tail"'
    )
    below: bool = Field(False, description="true or false")
    longest: int = Field(160, ge=1, description="a number of characters")


class CleaningKeys(Keys):
    prune: list[XPath] = Field([], description="a list of XPaths or CSS selectors of elements")
    lines: list[LineRuleKeys] = Field([], description="[[lines]] tables")


class FamilyKeys(CleaningKeys):
    like: str | None = Field(None, description="the name of the family this one extends")
    body: list[XPath] = Field([], description="a list of XPaths or CSS selectors of elements")


class SiteKeys(CleaningKeys):
    like: str | None = Field(None, description="the name of a site of the catalogue")
    name: str | None = Field(
        None,
        pattern=f"^{NAME.pattern}$",
        description="lower-case Latin letters, digits, - and _",
    )
    title: str = Field("", max_length=200, description="the outlet's name")
    homepage: Annotated[str, AfterValidator(_url)] = Field(
        description="an http or https URL such as https://sana.sy/"
    )
    language: str | None = Field(
        None, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", description="a language code such as ar"
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "UTC", description="an IANA time zone such as Asia/Damascus"
    )
    family: str = Field("plain", description="the name of a family")
    feeds: list[UrlOrPath] = Field([], description="a list of http or https URLs")
    sitemaps: list[UrlOrPath] = Field([], description="a list of http or https URLs")
    wordpress: Annotated[str, AfterValidator(_root)] | None = Field(
        None, description="the URL of a WordPress REST root, ending in /wp-json/"
    )
    sections: list[UrlOrPath] = Field([], description="a list of http or https URLs")
    archives: list[MonthAddress] = Field(
        [], description="a list of URLs with {year} and {month} in them, such as /{year}/{month}/"
    )
    take: list[Pattern] = Field([], description="a list of regular expressions")
    leave: list[Pattern] = Field([], description="a list of regular expressions")
    within: list[Pattern] = Field([], description="a list of regular expressions")
    every: float | None = Field(None, gt=0, description="minutes, more than 0")
    cron: Annotated[str, AfterValidator(_cron)] | None = Field(
        None, description='five fields as in a crontab, such as "*/20 6-23 * * *"'
    )
    pages: int = Field(2000, ge=1, description="a whole number, at least 1")
    delay: float = Field(1.0, ge=0, le=3600, description="seconds, 0 to 3600")
    concurrency: int = Field(2, ge=1, le=16, description="a whole number, 1 to 16")
    since: Annotated[str | None, BeforeValidator(_day)] = Field(
        None, description="a date such as 2026-11-01"
    )
    recheck: list[Hours] = Field(
        [1.0, 6.0, 24.0, 72.0, 168.0, 720.0],
        max_length=10,
        description="a list of hours, such as [1, 6, 24], or [] for never",
    )
    text: list[NonEmpty] = Field(
        [], description="a list of lines that are text, whatever is learned"
    )
    boilerplate: list[NonEmpty] = Field([], description="a list of lines that are never text")
    cookies: Annotated[dict[str, str], Field(max_length=50), AfterValidator(_cookies)] = Field(
        {}, repr=False, description='a table of names and values; "env:NAME" for a variable'
    )
    headers: Annotated[dict[str, str], Field(max_length=50), AfterValidator(_headers)] = Field(
        {}, repr=False, description='a table of names and values; "env:NAME" for a variable'
    )
    proxy: Annotated[str, AfterValidator(check_proxy)] | None = Field(
        None, repr=False, description=f'"{NO_PROXY}", or {PROXY}'
    )
    allow_private: bool = Field(False, description="true or false")
    honour_noindex: bool = Field(True, description="true or false")
    honour_tdm: bool = Field(False, description="true or false")
    archive: bool = Field(True, description="true or false")
    render: bool = Field(False, description="true or false")
    enabled: bool = Field(True, description="true or false")
    keep_days: int | None = Field(None, ge=1, le=36_500, description="whole days, at least 1")
    keep_articles: int | None = Field(None, ge=1, description="a whole number, at least 1")
