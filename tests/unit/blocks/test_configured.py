"""YAML blocks: files and tables that are read or written, and what is refused at its line."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal

from mage_jlab.domain.block import BlockType, Language
from mage_jlab.store.block_templates import block_template
from tests.unit.blocks.configured_desk import YamlDesk

FRAME = pd.DataFrame({"market": ["CA", "DE"], "amount": [1.5, 2.0], "n": [1, 2]})


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.delenv("ENV", raising=False)
    made = YamlDesk(tmp_path)
    made.products = tmp_path / "data" / "shop" / "mage_jlab" / "uuid" / "products"
    return made


@pytest.mark.parametrize(
    "ending", ["csv", "parquet", "json", "jsonl", "ndjson", "arrow", "feather"]
)
def test_a_frame_written_to_a_file_is_read_again(desk, ending):
    desk.exported(f"file: out/sales.{ending}", FRAME)
    assert_frame_equal(desk.loaded(f"file: out/sales.{ending}"), FRAME)
    assert [path.name for path in (desk.place / "out").iterdir()] == [f"sales.{ending}"]


@pytest.mark.parametrize(
    "value", [FRAME, pl.from_pandas(FRAME), pa.Table.from_pandas(FRAME), FRAME.to_dict("records")]
)
def test_any_table_is_written(desk, value):
    desk.exported("file: sales.csv", value)
    assert (desk.place / "sales.csv").read_text() == "market,amount,n\nCA,1.5,1\nDE,2.0,2\n"


@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "arrow"])
def test_an_index_of_its_own_is_not_lost(desk, ending):
    desk.exported(f"file: sales.{ending}", FRAME.set_index("market"))
    read = desk.loaded(f"file: sales.{ending}").reset_index()
    assert list(read["market"]) == ["CA", "DE"]


def test_arrow_streams_are_read_and_a_format_counts_before_the_ending(desk):
    with pa.ipc.new_stream(str(desk.place / "s.bin"), pa.schema([("a", pa.int64())])) as stream:
        stream.write_table(pa.table({"a": [1, 2]}))
    assert list(desk.loaded("file: s.bin\nformat: arrow")["a"]) == [1, 2]


def test_the_variables_folder_is_written_to_wherever_it_is(desk):
    desk.exported("file: ../data/shop/kept.csv", FRAME)
    assert (desk.root / "data/shop/kept.csv").is_file()
    text = "file: ../data/kept.csv"
    error = desk.error(text, {"up": {"o": FRAME}}, type="data_exporter")
    assert error["type"] == "OutsideProject"


def test_texts_in_json_stay_texts(desk):
    (desk.place / "a.json").write_text('[{"code": "007", "date": "2026-01-01"}]')
    read = desk.loaded("file: a.json")
    assert read.to_dict("records") == [{"code": "007", "date": "2026-01-01"}]


def test_a_file_that_cannot_be_written_leaves_the_former_one(desk):
    desk.exported("file: sales.parquet", FRAME)
    before = (desk.place / "sales.parquet").read_bytes()
    mixed = pd.DataFrame({"a": pd.Series([1, "x", {"y": 2}], dtype=object)})
    error = desk.error("file: sales.parquet", {"up": {"o": mixed}}, type="data_exporter")
    assert error["type"] == "NotWritten"
    assert (desk.place / "sales.parquet").read_bytes() == before
    assert not list(desk.place.glob(".*.part"))


def test_values_stand_in_templates_and_cannot_change_the_yaml(desk):
    (desk.place / "a: b.csv").write_text("x\n1\n")
    variables = {"name": "a: b", "day": "'; DROP TABLE t; --"}
    assert list(desk.loaded("file: {{ name }}.csv", variables=variables)["x"]) == [1]
    text = "query: |\n  SELECT {{ variables('day') }} AS day,\n         {{ ds }} AS ds\n"
    read = desk.loaded(text, variables=variables)
    assert read.to_dict("records") == [{"day": variables["day"], "ds": "2026-11-24"}]


@pytest.mark.parametrize(
    "where", ["database: shop.duckdb", "database: s.db\ndata_provider: sqlite"]
)
def test_tables_are_written_by_the_policy_and_read(desk, where):
    write = f"table: sales\n{where}\n"
    read = f"table: sales\n{where}\n"
    desk.exported(write, FRAME)
    desk.exported(write + "export_write_policy: append", FRAME[["n", "amount", "market"]])
    assert_frame_equal(desk.loaded(read), pd.concat([FRAME, FRAME], ignore_index=True))
    desk.exported(write + "export_write_policy: replace", FRAME[["n"]])
    assert_frame_equal(desk.loaded(read), FRAME[["n"]])
    policy = write + "export_write_policy: fail"
    error = desk.error(policy, {"up": {"o": FRAME}}, type="data_exporter")
    assert error["type"] == "TableExists"
    total = f"query: SELECT sum(n) AS n FROM sales WHERE n > {{{{ least }}}}\n{where}"
    assert list(desk.loaded(total, variables={"least": 1})["n"]) == [2]


def test_a_profile_says_where_a_table_is_and_that_it_is_only_read(desk):
    desk.exported("table: main.sales\ndatabase: shop.duckdb", FRAME)
    desk.profiles("careful:\n  read_only: true\n  DUCKDB_DATABASE: shop.duckdb\n")
    text = "table: sales\ndata_provider: duckdb\ndata_provider_profile: careful\n"
    assert_frame_equal(desk.loaded(text), FRAME)
    error = desk.error(text, {"up": {"o": FRAME}}, type="data_exporter")
    assert error["type"] == "ReadOnly"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("# x\nfile: a.csv\ncolour: red\n", 3, "'colour' is no key of a data_loader"),
        ("file: a.csv\nfile: b.csv\n", 2, "file stands twice"),
        ("file: a.csv\ntable: t\n", 2, "file and table"),
        ("file: a.csv\ndatabase: x\n", 2, "database does not go with file"),
        ("format: csv\n", 1, "file: or table: or query:"),
        ("file: [a\n", 2, "is no YAML"),
        ("- file\n", 1, "should hold keys and values"),
        ("", 1, "file: or table: or query:"),
        ("\nfile: [a, b]\n", 2, "file must be a text"),
        ("file:\n", 1, "file must be a text"),
        ("\nfile: a/{{ nothing }}.csv", 2, "gives nothing"),
        ("\nfile: a/{{ nobody }}.csv", 2, "nobody is no runtime variable"),
        ("table: t\n", 1, "table needs data_provider: or database:"),
        ("table: t\ndata_provider: duckdb\n", 1, "stands in no file or server"),
        ("# x\nsource: postgresql\nconfig:\n  a: {{ nobody }}\n", 2, "names a source of Mage AI"),
        ("connector_type: kafka\n", 1, "names a connector_type of Mage AI"),
        ("database: x.db\nquery: |\n  SELECT 1 AS a,\n    nowhere\n", 4, "nowhere"),
        ("query: CREATE TABLE t (a INT)\n", 1, "one statement that gives rows"),
        ("query: SELECT 1; SELECT 2\n", 1, "one statement that gives rows"),
    ],
)
def test_what_is_wrong_is_said_at_its_line(desk, text, line, message):
    error = desk.error(text, type="data_loader", variables={"nothing": None})
    assert message in error["message"]
    assert error["line"] == line


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("file: ../outside.csv", "OutsideProject"),
        ("file: /etc/passwd\nformat: csv", "OutsideProject"),
        ("file: link.csv", "OutsideProject"),
        ("file: none.csv", "NoFile"),
        ("file: a.xml", "UnknownFormat"),
        ("file: broken.parquet", "BadFile"),
        ("file: empty.csv", "BadFile"),
        ("file: one.json", "BadFile"),
    ],
)
def test_files_elsewhere_and_broken_ones_are_refused(desk, text, kind):
    (desk.root.parent / "outside.csv").write_text("a\n1\n")
    (desk.place / "link.csv").symlink_to(desk.root.parent / "outside.csv")
    (desk.place / "broken.parquet").write_text("no")
    (desk.place / "empty.csv").write_text("")
    (desk.place / "one.json").write_text("1")
    assert desk.error(text, type="data_loader")["type"] == kind


def test_an_exporter_writes_one_table_of_one_block(desk):
    two = {"a": {"o": FRAME}, "b": {"o": FRAME}}
    text = "file: a.csv"
    assert "has a and b" in desk.error(text, two, type="data_exporter")["message"]
    assert "has none" in desk.error(text, type="data_exporter")["message"]
    for text in ("file: a.csv", "table: t\ndatabase: x.duckdb"):
        error = desk.error(text, {"up": {"o": dt.date(2026, 1, 1)}}, type="data_exporter")
        assert error["type"] == "NoTable"


@pytest.mark.parametrize("type_", [BlockType.DATA_LOADER, BlockType.DATA_EXPORTER])
def test_a_template_runs_as_it_is(desk, type_):
    text = block_template(type_, "b", Language.YAML)
    if type_ is BlockType.DATA_LOADER:
        assert desk.loaded(text)["one"].tolist() == [1]
    else:
        desk.exported(text, FRAME)
        assert_frame_equal(desk.loaded("file: exported/block.csv"), FRAME)


def test_other_types_are_not_written_in_yaml(desk):
    error = desk.error("file: a.csv", type="transformer")
    assert "is a transformer, which cannot be written in YAML" in error["message"]
