"""A site's template in a crawl: carried to the workers, brought back, learned and used."""

from pathlib import Path

from demo_world import World

from benchmarks.demo_pages import made_up
from demo.outlets import outlet
from demo.server import serve


def test_a_crawl_learns_a_template_and_stores_the_same_texts(tmp_path: Path) -> None:
    with serve(["sanabel"]) as rooms:
        world = World(rooms, tmp_path)
        world.crawl("sanabel")
        printed = [rooms["sanabel"].publish(one) for one in made_up(outlet("sanabel"), 48)]
        result = world.crawl("sanabel")["sanabel"]
        [template] = world.rows("SELECT * FROM templates")
        stored = world.rows("SELECT url, text FROM articles UNION SELECT url, text FROM copies")
    assert result.outcome == "finished"
    assert template["state"] == "learned"
    assert int(str(template["used"])) >= 1
    texts = {str(row["url"]): row["text"] for row in stored}
    base = rooms["sanabel"].base
    wrong = [
        one.path
        for one in printed
        if texts.get((base + one.quoted).rstrip("/")) != "\n\n".join(one.paragraphs)
    ]
    assert wrong == []
