"""`warraq export`: which articles, in which format, and what it says where there are none."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from corpus_commands import Warraq
from format_readers import READERS
from storage_samples import NOW, article

from cli.import_export import FORMAT_NAMES
from cli.main import SUMMARIES, warraq
from storage.articles import store
from storage.database import open_database
from storage.formats.file_formats import FORMATS

SITES = ("river", "harbour")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Eight articles of two sites, in two languages, of eight days."""
    with open_database(tmp_path / "data") as db:
        for number in range(8):
            made = article(
                number,
                site=SITES[number % 2],
                language=("ar", "en", "ar", "fr")[number % 4],
                section=("اقتصاد", "رياضة")[number // 4],
                agency="سانا" if number == 1 else None,
                author="سعاد" if number == 2 else None,
                published=f"2026-11-0{number + 1}T23:30:00Z",
                title=f"عنوان الفيضان {number}" if number < 3 else "خبر",
            )
            store(db, made, found_by="feed", now=NOW)
        db.execute("UPDATE articles SET gone_at = ? WHERE number = 0", [NOW])
        db.execute("UPDATE articles SET reserved = 'noai' WHERE number = 1")
    return tmp_path / "data"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(warraq, ["--data", str(data), "export", *arguments])


def numbers(data: Path, *options: str) -> list[int]:
    result = run(data, "-", *options)
    assert result.exit_code == 0, result.output
    return [json.loads(line)["number"] for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), [0, 1, 2, 3, 4, 5, 6, 7]),
        (("--site", "river"), [0, 2, 4, 6]),
        (("--site", "river", "--site", "harbour"), [0, 1, 2, 3, 4, 5, 6, 7]),
        (("--language", "Arabic"), [0, 2, 4, 6]),
        (("--language", "en,fr"), [1, 3, 5, 7]),
        (("--language", "en", "--language", "fr"), [1, 3, 5, 7]),
        (("--section", "رياضة"), [4, 5, 6, 7]),
        (("--agency", "سانا"), [1]),
        (("--author", "سعاد"), [2]),
        (("--since", "2026-11-07"), [6, 7]),
        (("--until", "2026-11-02"), [0, 1]),
        (("--since", "2026-11-02", "--until", "2026-11-02"), [1]),
        (("--search", "فيضان"), [0, 1, 2]),
        (("--search", "فيضان", "--site", "river", "--since", "2026-11-02"), [2]),
        (("--search", "الفيضان", "--without-gone", "--without-reserved"), [2]),
        (("--without-gone",), [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_options_select(data: Path, options: tuple[str, ...], expected: list[int]) -> None:
    assert numbers(data, *options) == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--site", "rivr"), ("no site 'rivr'", "did you mean river?")),
        (("--site", "zzz"), ("no site 'zzz'", "warraq status")),
        (("--site", "\x1b[31m"), ("no site '[31m'",)),
        (("--language", "arabik"), ("arabik", "did you mean")),
        (("--since", "yesterday"), ("yesterday",)),
        (("--since", "2026-11-03", "--until", "2026-11-01"), ("before --since 2026-11-03",)),
        (("--search", "!؟."), ("no word",)),
    ],
)
def test_a_filter_that_is_wrong_is_named(
    data: Path, tmp_path: Path, options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    result = run(data, str(tmp_path / "a.csv"), *options)
    assert result.exit_code == 2
    for word in words:
        assert word in result.output
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--search", "زلزال"), "No article fits --search."),
        (("--search", "زلزال", "--section", "x"), "No article fits --search, --section."),
        (
            ("--site", "river", "--language", "en"),
            "Articles fit each of --site, --language, but none fits all of them.",
        ),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.tei.xml", "a.hf.zip", "a.parquet", "texts"])
def test_no_article_is_a_file_and_a_reason(
    data: Path, tmp_path: Path, name: str, options: tuple[str, ...], reason: str
) -> None:
    result = run(data, str(tmp_path / name), *options)
    assert result.exit_code == 0
    assert result.output == f"0 articles in {tmp_path / name}. {reason}\n"
    assert (tmp_path / name).exists()


def test_of_an_empty_corpus_the_next_step_is_said(tmp_path: Path) -> None:
    with open_database(tmp_path / "data"):
        pass
    result = run(tmp_path / "data", str(tmp_path / "a.jsonl"), "--site", "river")
    assert result.exit_code == 2
    result = run(tmp_path / "data", "-")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "warraq crawl" in result.stderr


FILES = {
    name: [f"a{ending}" for ending in entry.endings]
    for name, entry in FORMATS.items()
    if name != "warc"
}


@pytest.mark.parametrize("name", FILES)
def test_the_ending_is_the_format(data: Path, tmp_path: Path, name: str) -> None:
    for file in FILES[name]:
        assert run(data, str(tmp_path / file), "--site", "river").exit_code == 0
        assert len(READERS[name]((tmp_path / file).read_bytes())) == 4


@pytest.mark.parametrize("name", [name for name, entry in FORMATS.items() if entry.packs])
def test_what_compresses_well_may_be_compressed(data: Path, tmp_path: Path, name: str) -> None:
    plain, packed = (tmp_path / f"a{FORMATS[name].endings[0]}{gz}" for gz in ("", ".gz"))
    assert run(data, str(plain)).exit_code == run(data, str(packed)).exit_code == 0
    if name in ("csv", "jsonl", "ris"):  # the others say when they were made
        assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert gzip.decompress(packed.read_bytes())


@pytest.mark.parametrize("name", ["a.xlsx.gz", "a.parquet.gz", "a.hf.zip.gz", "a.txt.zip.gz"])
def test_what_is_compressed_is_not_compressed_again(data: Path, tmp_path: Path, name: str) -> None:
    result = run(data, str(tmp_path / name))
    assert result.exit_code == 2
    assert "leave out .gz" in result.output


@pytest.mark.parametrize("name", ["a.doc", "a.zip", "a.json", "a.xml"])
def test_another_ending_is_answered_with_those_there_are(
    data: Path, tmp_path: Path, name: str
) -> None:
    result = run(data, str(tmp_path / name))
    assert result.exit_code == 2
    assert all(entry.endings[0] in result.output for entry in FORMATS.values())


@pytest.mark.parametrize("name", [n for n, entry in FORMATS.items() if entry.shape == "file"])
def test_a_file_may_be_standard_output(data: Path, tmp_path: Path, name: str) -> None:
    result = run(data, "-", "--format", name, "--site", "river")
    assert result.exit_code == 0
    if name != "warc":
        assert len(READERS[name](result.stdout_bytes)) == 4


@pytest.mark.parametrize("name", ["txt", "hf"])
def test_a_folder_is_not_standard_output(data: Path, name: str) -> None:
    result = run(data, "-", "--format", name)
    assert result.exit_code == 2
    assert "folder" in result.output


def test_folders_keep_what_is_not_theirs(data: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dataset"
    dest.mkdir()
    (dest / "notes.txt").write_text("mine")
    (dest / "README.md").write_text("of another data set")
    refused = run(data, "--format", "hf", str(dest))
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    assert (dest / "README.md").read_text() == "of another data set"
    assert run(data, "--format", "hf", "--replace", str(dest)).exit_code == 0
    assert sorted(p.relative_to(dest).as_posix() for p in dest.rglob("*") if p.is_file()) == [
        *("README.md", "data/train-00000-of-00001.parquet", "notes.txt"),
    ]


@pytest.mark.parametrize("options", [(), ("--site", "river")])
@pytest.mark.parametrize("name", ["a.jsonl.gz", "texts"])
def test_what_was_selected_can_be_imported(
    data: Path, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    run(data, str(tmp_path / name), *options)
    other = Warraq(tmp_path / "other")
    other("import", tmp_path / name)
    sql = "SELECT corpus.name, corpus.text FROM corpus"
    chosen = f"{sql} JOIN articles ON corpus.name LIKE '%' || id || '%' WHERE site = 'river'"
    with open_database(data) as db:
        expected = db.execute(chosen if options else sql).fetchall()
    assert sorted(other.rows(sql)) == sorted(expected)


def test_progress_is_of_what_is_selected(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.progress._LINE_INTERVAL", 0)
    result = run(data, str(tmp_path / "a.csv"), "--site", "river")
    assert "exporting: 100%, 4 articles" in result.stderr


def test_the_table_of_formats_is_one(data: Path) -> None:
    """The command's own list, which is there before anything is imported."""
    assert sorted(FORMAT_NAMES) == sorted(FORMATS)
    result = CliRunner().invoke(warraq, ["export", "--help"])
    assert " ".join(result.output.split()).count(SUMMARIES["export"]) == 1
    for entry in FORMATS.values():
        assert entry.endings[0] in result.output or entry.name in result.output


def test_csv_has_the_outlet_by_its_name(data: Path) -> None:
    with open_database(data) as db:
        db.execute("UPDATE sites SET title = 'نهر الأخبار' WHERE name = 'river'")
    result = run(data, "-", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout.removeprefix("\ufeff"))))
    assert [row["outlet"] for row in rows[:2]] == ["نهر الأخبار", "harbour"]
