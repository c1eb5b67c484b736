"""Whether there is room on the disk: below a floor nothing is fetched, above it all goes on."""

import shutil
from pathlib import Path

_MARGIN = 1.05  # so that a disk at the floor is not switched on and off


class Disk:
    """`full` is why nothing may be fetched, empty when all is well."""

    def __init__(self, folder: Path, floor: int) -> None:
        self.folder = folder
        self.floor = floor
        self.full = ""

    def look(self) -> bool:
        """Whether anything changed."""
        before, free = self.full, shutil.disk_usage(self.folder).free
        floor = self.floor * _MARGIN if before else self.floor
        if free >= floor:
            self.full = ""
        else:
            self.full = f"{megabytes(free)} free on the disk, the floor is {megabytes(self.floor)}"
        return bool(before) != bool(self.full)


def megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB"
