"""Free space on the disk: below a floor, nothing is fetched."""

import logging
import shutil
from pathlib import Path

logger = logging.getLogger(__name__)

_MARGIN = 1.05  # polls resume above the floor, so that a disk at the floor does not flap


class DiskSpace:
    """`full`: why nothing may be fetched; empty while there is room."""

    def __init__(self, folder: Path, floor: int) -> None:
        self.folder = folder
        self.floor = floor
        self.full = ""
        self._last_error = ""

    def check(self) -> bool:
        """Whether `full` has changed. While the disk cannot be read, it stays as it was."""
        try:
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            if str(error) != self._last_error:
                logger.warning("the free space on the disk cannot be read: %s", error)
            self._last_error = str(error)
            return False
        previous, self._last_error = self.full, ""
        floor = self.floor * _MARGIN if previous else self.floor
        if free >= floor:
            self.full = ""
        else:
            self.full = f"{megabytes(free)} free on the disk, the floor is {megabytes(self.floor)}"
        return bool(previous) != bool(self.full)


def megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB"
