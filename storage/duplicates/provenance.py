"""Where a text comes from and when: its publisher, and the agency that it credits."""

from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from storage.duplicates.compare import ComparedText
from storage.duplicates.shingles import TokenisedText
from text.folding import fold

# Words of a credit that name no agency: "agency", "agencies", "news", "source", "correspondents".
_COMMON = frozenset(
    fold(word)
    for word in (
        *(
            "وكالة",
            "وكالات",
            "الوكالة",
            "الوكالات",
            "أنباء",
            "الأنباء",
            "للأنباء",
            "المصدر",
            "مصدر",
        ),
        *("مصادر", "متابعات", "خاص", "عن", "نقلا", "و", "في", "من", "شبكة", "موقع", "مراسل"),
        *("news", "agency", "agencies", "source", "the", "and", "via", "press"),
    )
)


@lru_cache(maxsize=1000)
def names(credit: str | None) -> frozenset[str]:
    """The folded words of a credit that name an agency. `أ ف ب`, letters apart, is one name."""
    words = [word for word in fold(credit or "").split() if word not in _COMMON]
    letters = "".join(word for word in words if len(word) == 1)
    return frozenset([*(word for word in words if len(word) > 1), *([letters] if letters else [])])


_DAY = 86_400.0


def compared_text(
    tokens: TokenisedText,
    site: str | None,
    url: str | None,
    published: str | None,
    agency: str | None,
    source: str | None,
) -> ComparedText:
    """A text as it is compared, from the columns of its row."""
    credited = names(agency)
    credits = credited | names(source)
    return ComparedText(tokens, outlets(site, url), days_since_epoch(published), credited, credits)


@lru_cache(maxsize=10_000)
def days_since_epoch(time: str | None) -> float | None:
    """Days since 1970 of an ISO 8601 time; a naive one is taken as UTC. None: not a time."""
    try:
        moment = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / _DAY


@lru_cache(maxsize=1_000)
def outlets(site: str | None, url: str | None) -> frozenset[str]:
    """Names of the publisher: the site's, and the host of the address."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        host = ""
    for prefix in ("www.", "m.", "amp."):
        host = host.removeprefix(prefix)
    return frozenset(filter(None, (site and f"site {site}", host)))
