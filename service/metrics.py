"""What a monitor sees of the service: its figures as Prometheus metrics, read when they are asked for."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlite_utils import Database

from storage.archive.retention import extent
from storage.database import FILE, StorageError, open_database
from storage.status import SiteStatus, per_site, rejections
from storage.watches.deliveries import channel_states
from storage.watches.rows import watches

# Counting a million articles takes most of a second: two monitors that ask at once are told the same.
_KEPT_SECONDS = 10.0
# A minute late is nothing where a poll is due every hour; an hour is an outage.
_LATENESS_BUCKETS = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600)
_LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class ServiceMetrics:
    """What the service counts while it runs. Each service has its own registry."""

    def __init__(self, data: Path, live: Callable[[], Mapping[str, float]]) -> None:
        """`live`: gauges of the moment, by name, such as `sites`: the polled ones."""
        self.registry = registry = CollectorRegistry()
        Info("warraq", "The program.", registry=registry).info({"version": version("warraq")})
        self.lateness = Histogram(
            "warraq_poll_lateness_seconds",
            "Seconds from when a poll was due to when it began.",
            buckets=_LATENESS_BUCKETS,
            registry=registry,
        )
        self.polls = Counter(
            "warraq_polls", "Polls that ended, by outcome.", ["outcome"], registry=registry
        )
        self.loop_lag = Histogram(
            "warraq_loop_lag_seconds",
            "How much later than asked the event loop woke up.",
            buckets=_LAG_BUCKETS,
            registry=registry,
        )
        self.messages = Counter(
            "warraq_log_messages", "Warnings and errors logged.", ["level"], registry=registry
        )
        self.started = Gauge(
            "warraq_start_time_seconds", "When the service started.", registry=registry
        )
        self.started.set_to_current_time()
        registry.register(_Live(live))
        registry.register(_Stored(data))


_LIVE_HELP = {
    "sites": "Sites that are polled.",
    "crawling": "Sites that are being crawled.",
    "held": "1 while nothing is fetched, as the disk is full.",
    "worker_restarts": "Worker processes that were killed or died since the start.",
    "disk_free_bytes": "Bytes free on the disk of the data folder.",
}


class _Live:
    def __init__(self, live: Callable[[], Mapping[str, float]]) -> None:
        self._live = live

    def describe(self) -> Iterable[Metric]:
        """Nothing: a registry would otherwise collect once, to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        for name, value in self._live().items():
            yield GaugeMetricFamily(f"warraq_{name}", _LIVE_HELP[name], value=value)


class _Stored:
    """What the database and the archive hold, read with a connection of its own."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._kept: list[Metric] = []
        self._until = 0.0

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        if time.monotonic() >= self._until:
            self._kept = list(self._read())
            self._until = time.monotonic() + _KEPT_SECONDS
        yield from self._kept

    def _read(self) -> Iterator[Metric]:
        archive = extent(self._data)
        yield _gauge("archive_bytes", "Bytes of archive files.", archive.bytes)
        yield _gauge("archive_files", "Archive files.", archive.files)
        yield _gauge("database_bytes", "Bytes of the database.", _size(self._data / FILE))
        try:
            with open_database(self._data, create=False) as db:
                yield from stored_metrics(db)
            readable = 1
        except StorageError:
            readable = 0
        yield _gauge("database_readable", "1 where the database can be read.", readable)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"warraq_{name}", help_text, value=value)


def stored_metrics(db: Database) -> Iterator[Metric]:
    """Of each site, and of the rejected addresses by reason."""
    yield from _site_metrics(per_site(db))
    rejected = GaugeMetricFamily(
        "warraq_rejected_addresses", "Addresses that were no article, by reason.", labels=["reason"]
    )
    for reason, count in rejections(db).items():
        rejected.add_metric([reason], count)
    yield rejected
    yield from _watch_metrics(db)


_SITE_VALUES: dict[str, tuple[str, Callable[[SiteStatus], float | None]]] = {
    "articles": ("Articles in the corpus.", lambda site: site.articles),
    "copies": ("Copies of other articles.", lambda site: site.copies),
    "queued_addresses": ("Addresses that wait.", lambda site: site.frontier.get("queued", 0)),
    "failures_in_a_row": ("Polls that failed one after another.", lambda s: s.failures_in_a_row),
    "suspect": ("1 where a site answers, but not as it did.", lambda site: bool(site.suspect)),
    "last_success_timestamp_seconds": (
        "When a poll last succeeded.",
        lambda site: _seconds(site.last_success),
    ),
    "last_new_article_timestamp_seconds": (
        "When the newest article was stored.",
        lambda site: _seconds(site.last_new_article),
    ),
    "next_poll_timestamp_seconds": ("When it is due.", lambda site: _seconds(site.next_poll)),
    "usual_articles_per_day": ("Of the four weeks before.", lambda site: site.usual_yield),
    "recent_articles_per_day": ("Of the last two days.", lambda site: site.recent_yield),
}


def _site_metrics(sites: Iterable[SiteStatus]) -> Iterator[Metric]:
    sites = list(sites)
    for name, (help_text, value_of) in _SITE_VALUES.items():
        family = GaugeMetricFamily(f"warraq_site_{name}", help_text, labels=["site"])
        for site in sites:
            value = value_of(site)
            if value is not None:
                family.add_metric([site.site or ""], float(value))
        yield family


def _watch_metrics(db: Database) -> Iterator[Metric]:
    """Of each watch, its ways of telling together."""
    states = channel_states(db)
    values = {watch.name: [float(watch.matches), 0.0, 0.0, 0.0] for watch in watches(db)}
    for state in states:
        figures = values[state.watch]
        figures[1] += state.delivered
        figures[2] += state.waiting
        figures[3] = max(figures[3], float(state.attempt - 1 if state.trouble else 0))
    for place, (name, help_text) in enumerate(_WATCH_HELP.items()):
        family = GaugeMetricFamily(f"warraq_watch_{name}", help_text, labels=["watch"])
        for watch, figures in values.items():
            family.add_metric([watch], figures[place])
        yield family


_WATCH_HELP = {
    "matches": "Articles that a watch has found.",
    "delivered_articles": "Articles that it has told of.",
    "waiting_articles": "Articles that it has still to tell of.",
    "failures_in_a_row": "Attempts to tell that failed one after another.",
}


def _seconds(time: str | None) -> float | None:
    return datetime.fromisoformat(time).timestamp() if time else None
