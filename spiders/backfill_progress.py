"""How far a backfill has come, for a person: what was read and stored, and how long the rest takes at the
site's pace.
"""

from spiders.crawl_session import CrawlSession
from spiders.fetching.addresses import host_port
from spiders.fetching.host_pace import pace

# Requests after which a crawl's own speed is known.
_MIN_REQUESTS = 20


def describe_backfill(session: CrawlSession, seconds: float) -> str:
    """After so many seconds of the crawl; empty for a crawl that is no backfill."""
    counts = session.backfill
    if counts is None:
        return ""
    stored = sum(session.counts[name] for name in ("new", "copies"))
    rate = session.finished_pages / seconds if seconds > 0 else 0.0
    parts = [
        f"{counts.read} of {counts.read + counts.due} source pages",
        f"{session.counts['queued']} addresses found",
        f"{stored} stored",
        f"{rate:.1f}/s",
    ]
    left = seconds_left(session, seconds)
    if left and counts.read:
        # Each page of a source may lead to more.
        more = " or more" if counts.due else ""
        parts.append(f"{duration(left)}{more} left")
    return ", ".join(parts)


def seconds_left(session: CrawlSession, seconds: float) -> float:
    """For what is known to be left: at the crawl's speed so far, and never faster than the pace."""
    counts = session.backfill
    assert counts
    waiting = max(counts.queued - (session.finished_pages - counts.finished), 0)
    done = session.finished_pages + session.counts["source pages"]
    delay = max(session.site.delay, pace.delay_of(host_port(session.site.homepage)[0]))
    interval = max(delay, seconds / done if done >= _MIN_REQUESTS else 0.0)
    return (waiting + counts.due) * interval


def duration(seconds: float) -> str:
    """In words: `3 h 20 min`."""
    minutes = round(seconds / 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min" if minutes else "less than a minute"
