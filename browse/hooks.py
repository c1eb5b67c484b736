"""The marker of the hooks that datasette calls: the same as `datasette.hookimpl`, but typed.

It cannot stand in app.py: the modules with hooks import it, and app.py imports them.
"""

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")
