"""The choice between worker processes of this machine and a cluster."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from items import Article, Page, Rejected, Site
from pipelines.workers.pool import TASKS_PER_WORKER, LocalRefiner, T
from pipelines.workers.slices import Slice, SliceBatch

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


# Slices, of some 200 pages each, after which a worker is replaced.
SLICES = 10


class Refines(Protocol):
    """Refines pages and slices of archives, here or elsewhere."""

    @property
    def workers(self) -> int:
        """Pages or slices that are refined at once."""

    async def refine(self, page: Page, site: Site) -> Article | Rejected: ...
    async def refine_and_record(self, page: Page, site: Site) -> tuple[Article | Rejected, Any]:
        """Also the page's `PageRecord` for the archive; None where no worker could make it."""

    async def refine_slice(self, part: Slice) -> SliceBatch:
        """Raises what reading the slice raises: OSError, WarcError."""

    async def run(self, function: Callable[..., T], *arguments: Any, patience: float = 1) -> T:
        """Always here: see `LocalRefiner.run`."""

    def report(self) -> dict[str, Any]:
        """For `warraq status`; empty for local workers."""

    def close(self) -> None: ...


def refiner_of(
    settings: "BaseSettings", *, tasks: int = TASKS_PER_WORKER, preload: tuple[str, ...] = ()
) -> Refines:
    """As the settings say. `tasks` and `preload` are those of a `LocalRefiner`. Raises ClusterMissing."""
    local = local_refiner(settings, tasks=tasks, preload=preload)
    if address := settings.get("WARRAQ_CLUSTER"):
        from pipelines.workers.cluster.refiner import ClusterRefiner

        return ClusterRefiner(address, local)
    return local


def local_refiner(
    settings: "BaseSettings", *, tasks: int = TASKS_PER_WORKER, preload: tuple[str, ...] = ()
) -> LocalRefiner:
    return LocalRefiner(
        settings.getint("WARRAQ_WORKERS"),
        settings.getfloat("WARRAQ_PAGE_SECONDS"),
        memory=settings.getint("WARRAQ_WORKER_MEMORY_MB") << 20,
        function=settings["WARRAQ_REFINE"],
        tasks=tasks,
        preload=preload,
    )
