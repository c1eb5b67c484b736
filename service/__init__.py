"""The parts of the service that `scheduler` puts together: when, how many at once, and how it is."""
