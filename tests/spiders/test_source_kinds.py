"""A kind of source that is listed once is known wherever sources are read, written and shown."""

from dataclasses import fields

import pytest

from items import SOURCE_KINDS, Site, sources_of
from spiders.autodiscovery.probe import ProbeResult
from spiders.fetching.addresses import own_host_ports
from spiders.site_schema import SiteKeys
from spiders.site_writer import site_text
from spiders.sources import backfill_pages
from spiders.sources.read import _READERS


def test_each_kind_has_a_reader_and_its_field_in_sites_files_and_probes() -> None:
    assert _READERS.keys() == backfill_pages._READERS.keys() == SOURCE_KINDS.keys()
    names = set(SOURCE_KINDS.values())
    assert names <= {field.name for field in fields(Site)}
    assert names <= {field.name for field in fields(ProbeResult)}
    assert names <= set(SiteKeys.model_fields)


def test_sources_come_in_the_order_of_the_kinds() -> None:
    site = Site("ex", sections=("s",), feeds=("f", "g"), wordpress="w")
    assert sources_of(site) == [("wordpress", "w"), ("feed", "f"), ("feed", "g"), ("section", "s")]
    assert sources_of(Site("ex")) == []


@pytest.mark.parametrize("field", SOURCE_KINDS.values())
def test_a_source_on_another_host_is_one_of_the_site_and_written_to_its_file(field: str) -> None:
    url = "https://other.example/x"
    value = url if field == "wordpress" else (url,)
    site = Site("ex", homepage="https://ex.org/", **{field: value})  # type: ignore[arg-type]
    assert ("other.example", 80) in own_host_ports(site)
    result = ProbeResult("https://ex.org/", **{field: value})  # type: ignore[arg-type]
    assert result.has_source
    assert f"{field} = " in site_text(result)
