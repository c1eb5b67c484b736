"""Marks what datasette calls; its own marker, with types."""

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")
