"""How far a long job has come, and what came of it so far."""

from collections import Counter
from pathlib import Path

from storage_samples import LATER, NOW

from storage import job_progress
from storage.database import open_database, transaction


def test_an_import_that_an_earlier_version_began_goes_on(tmp_path: Path) -> None:
    before, now = Counter({"new": 2, "-undated": 1}), Counter({"new": 1, "rejected: undated": 1})
    with open_database(tmp_path) as db, transaction(db):
        job_progress.begin_job(db, "import a", "a.warc.gz", 0, 200, NOW)
        assert job_progress.advance(db, "import a", 0, 100)
        job_progress.count_for_job(db, "import a", before, NOW)
        assert job_progress.advance(db, "import a", 100, 200)
        job_progress.count_for_job(db, "import a", now, LATER)
        progress = job_progress.state(db, "import a")
    assert progress is not None
    assert progress.counts == {"new": 3, "rejected: undated": 2}
    assert progress.finished == LATER
