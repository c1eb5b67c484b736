"""Metadata as YAML that no value breaks: a scalar is a string of JSON, which YAML reads as well."""

import json
import re
from collections.abc import Mapping, Sequence

# Not printable in YAML, or taken for the end of a line.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
YamlValue = str | int | Sequence["YamlValue"] | Mapping[str, "YamlValue"]


def front_matter(fields: Mapping[str, YamlValue | None]) -> str:
    """The fields that have a value between two lines of `---`, as files begin."""
    return f"---\n{yaml_lines(fields)}---\n"


def yaml_lines(fields: Mapping[str, YamlValue | None]) -> str:
    """A line for each field that has a value; names come from the code."""
    return "".join(
        f"{name}: {yaml_value(value)}\n"
        for name, value in fields.items()
        if value not in (None, "", [], ())
    )


def yaml_value(value: YamlValue) -> str:
    """On one line."""
    return _UNSAFE.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
