"""Where refinement runs: worker processes of this machine, or a cluster."""
