"""Crawls on the workers of a cluster. The spider is the same one; its database is a small one of its
own, and all that it writes comes back in order and is written again where the corpus is.
"""
