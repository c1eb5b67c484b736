"""A WordPress REST interface in memory; posts are compared by local time, as in its database."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

ROOT = "https://ex.org/wp-json/"


@dataclass
class Post:
    published: datetime
    modified: datetime
    version: int = 0


@dataclass
class FakeWordPress:
    """`says_pages`: responses have X-WP-TotalPages; `knows_modified_after`: WordPress 5.7 or later."""

    zone: str = "Asia/Damascus"
    now: datetime = datetime(2023, 6, 21, 6, tzinfo=UTC)
    posts: dict[int, Post] = field(default_factory=dict)
    says_pages: bool = True
    knows_modified_after: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)

    def publish(self, *, scheduled: timedelta = timedelta()) -> int:
        """Add a post published now and last saved `scheduled` ago."""
        number = max(self.posts, default=0) + 1
        self.posts[number] = Post(self.now, self.now - scheduled)
        return number

    def edit(self, number: int) -> None:
        self.posts[number].modified = self.now
        self.posts[number].version += 1

    def answer(self, url: str) -> tuple[int, dict[str, str], bytes]:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.asked.append(query)
        numbers = [number for number in self.posts if self._matches(number, query)]
        by_edit = query["orderby"] == "modified"
        numbers.sort(
            key=lambda number: (self._local(self._time(number, by_edit)), number),
            reverse=query["order"] == "desc",
        )
        page, per_page = int(query["page"]), int(query["per_page"])
        pages = -(-len(numbers) // per_page)
        if page > max(pages, 1):
            error = {
                "code": "rest_post_invalid_page_number",
                "message": "x",
                "data": {"status": 400},
            }
            return 400, {}, json.dumps(error).encode()
        body = [self._json(number) for number in numbers[(page - 1) * per_page : page * per_page]]
        headers = {"x-wp-totalpages": str(pages)} if self.says_pages else {}
        return 200, headers, json.dumps(body).encode()

    def _matches(self, number: int, query: dict[str, str]) -> bool:
        published = self._local(self.posts[number].published)
        modified = self._local(self.posts[number].modified)
        conditions = [
            "after" not in query or published > self._limit(query["after"]),
            "before" not in query or published < self._limit(query["before"]),
            str(number) not in query.get("exclude", "").split(","),
        ]
        if self.knows_modified_after and "modified_after" in query:
            conditions.append(modified > self._limit(query["modified_after"]))
        return all(conditions)

    def _limit(self, text: str) -> datetime:
        moment = datetime.fromisoformat(text)
        return self._local(moment) if moment.tzinfo else moment

    def _time(self, number: int, by_edit: bool) -> datetime:
        return self.posts[number].modified if by_edit else self.posts[number].published

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def _json(self, number: int) -> dict[str, object]:
        post = self.posts[number]
        return {
            "id": number,
            "date": self._local(post.published).isoformat(),
            "date_gmt": post.published.replace(tzinfo=None).isoformat(),
            "modified": self._local(post.modified).isoformat(),
            "modified_gmt": post.modified.replace(tzinfo=None).isoformat(),
            "link": f"https://ex.org/{number}/",
            "title": {"rendered": f"{post.version}"},
            "content": {"rendered": "<p>نص</p>", "protected": False},
        }
