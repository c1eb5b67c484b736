"""Whether there is room on the disk: below a floor nothing is fetched, above it all goes on."""

import logging
import shutil
from pathlib import Path

logger = logging.getLogger(__name__)

_MARGIN = 1.05  # so that a disk at the floor is not switched on and off


class DiskSpace:
    """`full` is why nothing may be fetched, empty when all is well."""

    def __init__(self, folder: Path, floor: int) -> None:
        self.folder = folder
        self.floor = floor
        self.full = ""
        self._unknown = ""

    def check(self) -> bool:
        """Whether anything changed. A disk that does not tell is as it was when it last did."""
        try:
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            if str(error) != self._unknown:
                logger.warning("how much room there is on the disk cannot be told: %s", error)
            self._unknown = str(error)
            return False
        before, self._unknown = self.full, ""
        floor = self.floor * _MARGIN if before else self.floor
        if free >= floor:
            self.full = ""
        else:
            self.full = f"{megabytes(free)} free on the disk, the floor is {megabytes(self.floor)}"
        return bool(before) != bool(self.full)


def megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB"
