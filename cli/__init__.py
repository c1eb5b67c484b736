"""The `warraq` command, a file for each group of subcommands."""
