"""What an archive needs now and then."""

from pathlib import Path

from sqlite_utils import Database

from storage.archive.recovery import end_dead
from storage.archive.retention import trim


def look_after(db: Database, data: Path, budget: int, room: int) -> str:
    """Bring the files of dead writers to their end and keep to the budget, with `room` left on
    the disk (both in bytes); what there is to say of it.
    """
    ended, removed = end_dead(db, data), trim(db, data, budget, room)
    said = [f"closed {ended} files that a kill left open"] if ended else []
    said += (
        [f"removed the {removed} oldest files, to keep to the budget or to leave room on the disk"]
        if removed
        else []
    )
    return ", ".join(said)
