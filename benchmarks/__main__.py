"""What can be measured: python -m benchmarks lists it; each is run by its own name."""

import ast
import sys
from pathlib import Path


def main() -> int:
    print("Each measurement is a module with a --help of its own:\n")
    for module in sorted(Path(__file__).parent.glob("*.py")):
        # Read, not imported: a measurement may need what is not installed here.
        doc = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
        if "usage:" in doc:
            print(f"  python -m benchmarks.{module.stem:<16} {doc.strip().splitlines()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
