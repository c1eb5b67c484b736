"""What a site declares of the use of an article's page, as the columns `rights` (JSON) and `reserved`. A
declaration that disappears stays in the record, with the time from which it was not there.
"""

import json
from dataclasses import asdict, replace
from typing import Any

from items import Rights, RightsStatement
from text.normalise import normalise_text

RightsColumns = dict[str, Any]
_MAX_STATEMENTS = 60


def rights_columns(rights: Rights) -> RightsColumns:
    """`reserved` is words with commas between them; None: no use is reserved."""
    return {"rights": rights_json(rights), "reserved": ", ".join(rights.reserved) or None}


def rights_json(rights: Rights) -> str | None:
    """None where no source was read."""
    if not rights.read and not rights.statements:
        return None
    statements = [
        {name: value for name, value in asdict(statement).items() if value is not None}
        for statement in rights.statements[:_MAX_STATEMENTS]
    ]
    data = {"read": sorted(rights.read), "statements": statements}
    return normalise_text(json.dumps(data, ensure_ascii=False))


def rights_of(text: str | None) -> Rights:
    """What `rights_json` wrote."""
    if not text:
        return Rights()
    data = json.loads(text)
    statements = tuple(RightsStatement(**statement) for statement in data["statements"])
    return Rights(statements, tuple(data["read"]))


def merged_rights(old: Rights, new: Rights, now: str | None) -> Rights:
    """What was known, and what a visit `now` read: a statement of a source that it read and that is not
    there any more has ended. None: nothing ends, since the visit is an earlier one, read once more.
    """
    stated = {_key(statement) for statement in new.statements}
    known = [
        replace(statement, until=now)
        if now
        and statement.until is None
        and statement.source in new.read
        and _key(statement) not in stated
        else statement
        for statement in old.statements
    ]
    in_force = {_key(statement) for statement in known if statement.until is None}
    added = [statement for statement in new.statements if _key(statement) not in in_force]
    if now is None:
        ever = {_key(statement) for statement in known}
        added = [statement for statement in added if _key(statement) not in ever]
    read = dict.fromkeys((*old.read, *new.read))
    return Rights((*known, *added)[-_MAX_STATEMENTS:], tuple(sorted(read)))


def _key(statement: RightsStatement) -> tuple[str, str, str]:
    return statement.term, statement.value, statement.source


def changed_rights(current: RightsColumns, row: RightsColumns) -> RightsColumns:
    """The columns of `current` that a visit, which has stored `row`, changes."""
    if not row.get("rights"):
        return {}
    old, new = rights_of(current["rights"]), rights_of(row["rights"])
    return _differing(current, merged_rights(old, new, row["first_seen"]))


def added_rights(current: RightsColumns, rights: Rights) -> RightsColumns:
    """The same for a page that was stored, and is refined once more."""
    old = rights_of(current.get("rights"))
    return _differing(current, merged_rights(old, rights, None)) if rights.read else {}


def _differing(current: RightsColumns, rights: Rights) -> RightsColumns:
    columns = rights_columns(rights)
    return {name: value for name, value in columns.items() if value != current.get(name)}
