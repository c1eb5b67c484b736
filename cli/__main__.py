"""`python -m cli`: the `warraq` command without an installed script."""

from cli.main import main

main()
