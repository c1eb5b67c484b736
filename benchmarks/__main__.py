"""`python -m benchmarks` lists the measurements."""

import ast
import sys
from pathlib import Path


def main() -> int:
    print("Every measurement is a module; --help shows its options.\n")
    for module in sorted(Path(__file__).parent.glob("*.py")):
        # Parsed instead of imported: a measurement may need packages that are not installed.
        doc = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
        if "usage:" in doc:
            print(f"  python -m benchmarks.{module.stem:<16} {doc.strip().splitlines()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
