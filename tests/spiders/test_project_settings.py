"""The settings that crawls share."""

from scrapy import Spider
from scrapy.settings import Settings

from spiders.project_settings import product_settings
from spiders.runner import CrawlRunner


def test_a_copy_is_as_scrapys_and_what_it_sets_is_its_own() -> None:
    settings = product_settings({"LOG_LEVEL": "ERROR"})
    before = settings.copy_to_dict()
    copies = [settings.copy() for _ in range(2)]
    assert [copy.copy_to_dict() for copy in copies] == [before, before]
    copies[0].set("DOWNLOAD_DELAY", 7.5, priority="spider")
    copies[0].set("LOG_LEVEL", "DEBUG", priority="spider")  # below the command line's
    copies[0].set("NEW", 1)
    copies[0].update({"ITEM_PIPELINES": {}}, priority="spider")
    del copies[0]["BOT_NAME"]
    copies[0].freeze()
    assert copies[0].getfloat("DOWNLOAD_DELAY") == 7.5
    assert copies[0]["LOG_LEVEL"] == "ERROR"
    assert copies[1].copy_to_dict() == settings.copy_to_dict() == before
    assert not settings.frozen


def test_a_crawler_has_the_settings_that_scrapys_runner_gives_it() -> None:
    class Plain(Spider):
        name = "plain"
        custom_settings = {"DOWNLOAD_DELAY": 3}  # noqa: RUF012

    runner = CrawlRunner(product_settings())
    crawler = runner.create_crawler(Plain)
    before = crawler.settings.copy_to_dict()
    again: Settings = super(CrawlRunner, runner).create_crawler(crawler).settings
    assert runner.create_crawler(crawler) is crawler
    assert again.copy_to_dict() == before
    assert before["DOWNLOAD_DELAY"] == 3
