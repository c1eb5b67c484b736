"""Where a site begins: its front page, in the edition or the folder that an address is of, and what keeps
its articles apart from others on the same host.
"""

from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from pipelines.workers.worker_tasks import WorkerLost
from spiders.autodiscovery.editions import (
    Edition,
    distinct_editions,
    edition_filters,
    edition_of,
    is_same_home,
)
from spiders.autodiscovery.find_sources import ProbeSession
from spiders.autodiscovery.fingerprint import SiteFingerprint, fingerprint_of
from spiders.fetching.fetch import Fetched, Unreachable

# Front pages that are read to see which language they are in.
_MAX_UNSURE = 6


@dataclass(frozen=True, slots=True)
class Home:
    """`own` is the edition that the site is, of `editions`, all that are known of; `within` and `leave`
    are patterns of canonical URLs.
    """

    url: str
    fingerprint: SiteFingerprint = field(default_factory=SiteFingerprint)
    own: Edition | None = None
    editions: tuple[Edition, ...] = ()
    within: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()


async def find_home(session: ProbeSession, url: str) -> Home:
    """Raises Unreachable where there is no page to begin with."""
    response = await session.get(url)
    if response is None:
        message = session.tried[-1] if session.tried else f"{url}: no answer"
        raise Unreachable(message, session.last_reason)
    page = await read_fingerprint(session, response) or SiteFingerprint()
    home = await _own_edition(session, response.url, page) or await _front(session, response, page)
    return _kept_apart(home)


async def _own_edition(session: ProbeSession, url: str, page: SiteFingerprint) -> Home | None:
    """The edition that `url` is in: its page is in that language, or the outlet names it."""
    own = edition_of(url, page.language)
    if own is None or urlsplit(own.home)[2:4] == ("/", ""):
        return None
    front = await session.get(own.home)
    fingerprint = await read_fingerprint(session, front) if front else None
    if fingerprint is None:
        return None
    named = await _verified(session, (*page.editions, *fingerprint.editions))
    is_named = len(named) > 1 and any(is_same_home(own.home, edition.home) for edition in named)
    if not is_named and own.language not in (page.language, fingerprint.language):
        return None
    return Home(own.home, fingerprint, own, distinct_editions((own, *named)))


async def _front(session: ProbeSession, response: Fetched, page: SiteFingerprint) -> Home:
    """The host's front page, or the edition that it stands for, or the folder that is a site of its own."""
    root = urljoin(response.url, "/")
    front = await session.get(root)
    fingerprint = await read_fingerprint(session, front) if front else None
    if folder := _own_folder(response.url, page, fingerprint):
        session.found.append(f"a site of its own below {folder}: nothing else of its host is taken")
        return Home(folder, page)
    if fingerprint is None or front is None:
        return Home(root, page)
    named = await _verified(session, fingerprint.editions)
    own = _default_edition(root, fingerprint, named)
    if own is None or is_same_home(own.home, root):
        everything = distinct_editions((own, *named)) if own else named
        return Home(root, fingerprint, own, everything if len(everything) > 1 else ())
    entry = await session.get(own.home)
    entered = await read_fingerprint(session, entry) if entry else None
    return Home(own.home, entered, own, named) if entered else Home(root, fingerprint)


async def with_editions(session: ProbeSession, home: Home, named: tuple[Edition, ...]) -> Home:
    """`home`, of an outlet whose editions its pages do not name."""
    own = home.own or _default_edition(home.url, home.fingerprint, named)
    if own is None:
        return home
    front = await session.get(own.home)
    page = await read_fingerprint(session, front) if front else None
    if page is None:
        return home
    editions = distinct_editions((own, *named))
    return _kept_apart(Home(own.home, page, own, editions))


def _default_edition(
    root: str, fingerprint: SiteFingerprint, named: tuple[Edition, ...]
) -> Edition | None:
    """The edition at `root`, or the one in the language that `root` was answered in; of a page that only
    asks for the language, the first.
    """
    if not named:
        return None
    at_root = [edition for edition in named if is_same_home(edition.home, root)]
    same = [edition for edition in named if edition.language == fingerprint.language]
    if at_root or (same and len(named) > 1):
        return (at_root or same)[0]
    if fingerprint.language or len(named) == 1:
        return Edition(fingerprint.language or "", root)
    return named[0]


async def _verified(session: ProbeSession, named: tuple[Edition, ...]) -> tuple[Edition, ...]:
    """Those that the outlet states, and of those that only links name the ones whose front page is in
    their language.
    """
    kept: list[Edition] = []
    looked_at = 0
    for edition in distinct_editions(named):
        if edition.witness != "stated":
            looked_at += 1
            front = await session.get(edition.home) if looked_at <= _MAX_UNSURE else None
            page = await read_fingerprint(session, front) if front else None
            language = page.language if page else None
            may_be = edition.witness == "name" and language is None
            if not may_be and language != edition.language:
                continue
        kept.append(edition)
    return tuple(kept)


def _own_folder(url: str, page: SiteFingerprint, front: SiteFingerprint | None) -> str | None:
    """The folder at `url`, where a site of its own is: a WordPress there, or feeds there alone while the
    host's front page, if there is one, announces none.
    """
    name = urlsplit(url).path.strip("/").partition("/")[0]
    if not name or url.rstrip("/") != urljoin(url, f"/{name}"):
        return None
    folder = urljoin(url, f"/{name}/")
    announced = (*page.feeds, *filter(None, [page.rest]))
    outside = [feed for feed in front.feeds if not feed.startswith(folder)] if front else []
    its_own = bool(announced) and all(address.startswith(folder) for address in announced)
    if front is None or (page.rest or "").startswith(folder) or (its_own and not outside):
        return folder
    return None


def _kept_apart(home: Home) -> Home:
    """With the filters of its edition, or of its folder."""
    if home.own and home.editions:
        within, leave = edition_filters(home.own, home.editions)
    elif urlsplit(home.url).path != "/":
        within, leave = edition_filters(Edition("", home.url), ())
    else:
        within, leave = (), ()
    return replace(home, within=within, leave=leave)


async def read_fingerprint(session: ProbeSession, response: Fetched) -> SiteFingerprint | None:
    """None for what is no page, such as a feed, or is made not to be read."""
    try:
        return await session.run(fingerprint_of, response.body, response.url, response.headers)
    except WorkerLost as error:
        session.record_rejected(response.url, str(error))
        return None
