"""Refinement on a cluster of Dask workers. Only what is in here imports `distributed`, and only when
it is used: it comes with `pip install '.[cluster]'`.
"""

import logging


class ClusterMissing(Exception):
    """The cluster cannot be used; the message is for a person."""


def require() -> None:
    """Raises ClusterMissing where the engine is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise ClusterMissing(
            "a cluster needs Dask, which is not installed here: pip install '.[cluster]'"
        ) from error
    # It brings log handlers of its own, and tells of every connection.
    for name in ("distributed", "distributed.client", "tornado", "tornado.application"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)
