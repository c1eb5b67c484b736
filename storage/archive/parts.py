"""What an answer of an interface holds: WordPress's list of posts, taken apart."""

import json
from functools import lru_cache


@lru_cache(maxsize=4)
def bodies(answer: bytes) -> tuple[bytes | None, ...]:
    """What the posts of an answer hold, None for one that holds nothing. Raises ValueError."""
    posts = json.loads(answer)
    if not isinstance(posts, list):
        raise ValueError("not a list of posts")
    return tuple(map(_body, posts))


def _body(post: object) -> bytes | None:
    content = post.get("content") if isinstance(post, dict) else None
    html = content.get("rendered") if isinstance(content, dict) else None
    return html.encode("utf-8", "replace") if isinstance(html, str) else None
