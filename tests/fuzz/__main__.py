"""`python -m tests.fuzz`: see `--help`, and README.md here."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # What pytest finds by its setting `pythonpath`.
    sys.path.append(str(Path(__file__).parents[1] / "support"))
    from tests.fuzz.runner import main

    sys.exit(main())
