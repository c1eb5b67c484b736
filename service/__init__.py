"""The parts of the service that `scheduler` puts together."""
