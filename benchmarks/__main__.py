"""What can be measured: python -m benchmarks lists it; each is run by its own name."""

import importlib
import pkgutil
import sys

import benchmarks


def main() -> int:
    print("Each measurement is a module with a --help of its own:\n")
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name.startswith("_"):
            continue
        doc = importlib.import_module(f"benchmarks.{module.name}").__doc__ or ""
        if "usage:" in doc:
            print(f"  python -m benchmarks.{module.name:<14} {doc.strip().splitlines()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
