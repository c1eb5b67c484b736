"""`warraq import`, `export` and `status` on a data folder, and a text in the seed format."""

from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from storage_samples import rows

from cli import import_export
from cli.main import Context
from cli.status import status
from storage.database import open_database

SEED = """ثقافة

افتتاح معرض الكتاب في دورته العاشرة

افتتح وزير الثقافة صباح اليوم معرض الكتاب في دورته العاشرة بمشاركة مئتي دار نشر من عشرين بلداً.

وقال الوزير في كلمة الافتتاح إن القراءة حق لكل طفل، وإن المعرض يستمر عشرة أيام ويفتح أبوابه مجاناً."""


class Warraq:
    """The commands with `--data`."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, command: str, *arguments: str | Path, code: int = 0) -> Result:
        context = Context(self.data)
        commands = {
            "import": import_export.import_,
            "export": import_export.export,
            "status": status,
        }
        result = CliRunner().invoke(commands[command], list(map(str, arguments)), obj=context)
        assert result.exit_code == code, result.output
        return result

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_database(self.data) as db:
            return rows(db, sql)

    def dump(self) -> list[str]:
        with open_database(self.data) as db:
            return list(db.conn.iterdump())
