"""Print `schema.sql`, after a new migration.

usage: python -m storage.migrations > new.sql && mv new.sql storage/migrations/schema.sql
"""

import sys

from sqlite_utils import Database

from storage.migrations import current_schema

if __name__ == "__main__":
    sys.stdout.write(current_schema(Database(memory=True)))
