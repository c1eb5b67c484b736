"""Sites, settings and the service's options, as they are on disk. What cannot be read stays as it is
running.
"""

import importlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from scrapy.settings import BaseSettings, Settings

import settings as settings_module
from items import Site
from service.metrics_server import parse_address
from service.next_poll import PollBounds
from spiders.project_settings import product_settings
from spiders.site_files import LoadedSites, load_sites
from storage.takedown.expiry import Retention
from text.settings_file import SettingsError, load_settings_file
from text.suggestions import did_you_mean
from text.terminal import printable


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """`crawls` at once. `floor`: bytes that stay free on the disk; `archive`: bytes the archive may
    take. `stop`: seconds that requests in flight have at the end. Without a `backup` folder there
    are no backups, without `on_suspect` no command is run. `retention`: of the sites whose texts are
    not kept for ever. `metrics`: host:port, where there are any.
    """

    crawls: int = 16
    bounds: PollBounds = field(default_factory=PollBounds)
    floor: int = 500_000_000
    archive: int = 10_000_000_000
    backup: Path | None = None
    backups: int = 7
    on_suspect: str = ""
    stop: float = 60.0
    metrics: str = ""
    retention: Mapping[str, Retention] = field(default_factory=dict)


def read_options(settings: BaseSettings) -> ServiceOptions:
    backup = settings["WARRAQ_BACKUP"]
    return ServiceOptions(
        crawls=max(settings.getint("WARRAQ_CRAWLS"), 1),
        bounds=PollBounds(
            timedelta(minutes=settings.getfloat("WARRAQ_POLL_LEAST")),
            timedelta(minutes=settings.getfloat("WARRAQ_POLL_MOST")),
        ),
        floor=settings.getint("WARRAQ_DISK_FLOOR_MB") * 1_000_000,
        archive=settings.getint("WARRAQ_ARCHIVE_MB") * 1_000_000,
        backup=Path(backup) if backup else None,
        backups=max(settings.getint("WARRAQ_BACKUPS"), 1),
        on_suspect=settings["WARRAQ_ON_SUSPECT"],
        stop=settings.getfloat("WARRAQ_STOP_SECONDS"),
        metrics=_address(settings["WARRAQ_METRICS"]),
    )


def _address(text: str) -> str:
    if text:
        parse_address(text)
    return text


logger = logging.getLogger(__name__)


class NoSites(Exception):
    """No site to poll, or none of the name that was given; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Configuration:
    settings: Settings
    options: ServiceOptions
    sites: Mapping[str, Site]
    files: Mapping[str, Path]


def read_configuration(
    names: Sequence[str], folders: Sequence[Path] | None, running: Configuration | None = None
) -> Configuration:
    """The sites in `names`; without any, all that were chosen and are enabled. Raises SettingsError and NoSites where
    nothing is `running` yet. Later, mistakes are logged, and what they concern stays as it was.
    """
    try:
        settings, options = _read_settings(reload=running is not None)
    except SettingsError as error:
        if running is None:
            raise
        logger.error("the settings stay as they were: %s", printable(str(error)))
        settings, options = running.settings, running.options
    loaded = _with_running(load_sites(folders), running)
    options = replace(options, retention=_retention(loaded.sites))
    chosen = _choose(names, loaded, keep=running is not None)
    return Configuration(settings, options, chosen, loaded.files)


def _retention(sites: Mapping[str, Site]) -> dict[str, Retention]:
    kept = {name: Retention(site.keep_days, site.keep_articles) for name, site in sites.items()}
    return {name: retention for name, retention in kept.items() if retention}


def _read_settings(*, reload: bool) -> tuple[Settings, ServiceOptions]:
    load_settings_file()
    try:
        if reload:
            importlib.reload(settings_module)
        settings = product_settings({"WARRAQ_PROGRESS": "off"})
        return settings, read_options(settings)
    except (SystemExit, ValueError) as error:
        raise SettingsError(str(error)) from error


def _with_running(loaded: LoadedSites, running: Configuration | None) -> LoadedSites:
    """A file with a new mistake leaves its site as it is running."""
    sites, files = dict(loaded.sites), dict(loaded.files)
    for error in loaded.errors:
        logger.error("%s", printable(str(error)).replace("\n", "; "))
        for name, file in (running.files if running else {}).items():
            if running and file.name == error.file.name and name not in sites:
                sites[name], files[name] = running.sites.get(name, Site(name, enabled=False)), file
                logger.warning("%s stays as it was", name)
    return LoadedSites(sites, files)


def _choose(names: Sequence[str], loaded: LoadedSites, *, keep: bool) -> dict[str, Site]:
    """A site of the catalogue is polled where it is named, or has a file of the operator's."""
    sites = loaded.sites
    for name in names:
        if name not in sites:
            problem = f"no site is called {name!r} {did_you_mean(name, sites)}".strip()
            if not keep:
                raise NoSites(problem)
            logger.warning("%s", problem)
    chosen = {
        name: site
        for name, site in sites.items()
        if (name in names if names else site.enabled and loaded.is_chosen(name))
    }
    if not chosen and not keep:
        raise NoSites("no site is chosen yet")
    return chosen
