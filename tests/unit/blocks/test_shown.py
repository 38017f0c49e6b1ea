"""How values look to a person, what a manifest says of columns, and what JSON keeps."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import types
from decimal import Decimal

import pandas as pd
import pytest

from mage_jlab.blocks.worker.codecs.exact import json_keeps, same
from mage_jlab.blocks.worker.codecs.figures import LONGEST, bundle_of, is_figure
from mage_jlab.blocks.worker.log import LIMIT, LONGEST_LINE, AttemptLog, LineFolder

PNG = b"\x89PNG not really"


def _shown(**forms):
    """Make a value that shows itself in some forms."""
    return type("Shown", (), {name: (lambda _, form=form: form) for name, form in forms.items()})()


def test_a_value_shows_all_its_forms():
    bundle = bundle_of(_shown(_repr_html_="<b>x</b>", _repr_png_=PNG, __repr__="x"))
    assert bundle == {
        "text/html": "<b>x</b>",
        "image/png": base64.b64encode(PNG).decode(),
        "text/plain": "x",
    }


def test_a_bundle_of_its_own_wins_and_metadata_is_left_out():
    value = _shown(
        _repr_mimebundle_=({"application/x": {"a": 1}, "text/plain": "own"}, {"meta": 1}),
        _repr_html_=("<i>y</i>", {"isolated": True}),
    )
    assert bundle_of(value) == {
        "application/x": {"a": 1},
        "text/plain": "own",
        "text/html": "<i>y</i>",
    }


def test_forms_that_fail_are_left_out():
    class Odd:
        def _repr_html_(self):
            raise ValueError

        def __repr__(self):
            raise KeyError

    assert bundle_of(Odd()) == {"text/plain": "<Odd: its repr fails with KeyError>"}
    assert set(bundle_of(Odd)) == {"text/plain"}, "a class is not one of its instances"


def test_long_forms_are_cut_and_odd_characters_are_written_out():
    assert len(bundle_of("x" * (LONGEST + 50))["text/plain"]) == LONGEST + 1
    assert bundle_of("\ud800")["text/plain"] == "'\\ud800'"
    picture = bundle_of(_shown(_repr_png_=b"\x89PNG\r\n\x1a\n" + bytes(LONGEST)))["image/png"]
    assert base64.b64decode(picture)[:4] == b"\x89PNG"


@pytest.mark.parametrize(("version", "mime"), [("v5", "v5"), ("v6", "v6"), ("v4", "v5")])
def test_a_specification_of_vega_lite_is_a_chart(version, mime):
    spec = {"$schema": f"https://vega.github.io/schema/vega-lite/{version}.json", "mark": "bar"}
    assert bundle_of(spec)[f"application/vnd.vegalite.{mime}+json"] == spec


def test_figures_are_known_by_their_library():
    for library, name, known in (
        ("plotly.graph_objs", "Figure", True),
        ("altair.vegalite", "TopLevelMixin", True),
        ("mine", "Figure", False),
    ):
        kind = types.new_class(name, (), {}, lambda space, of=library: space.update(__module__=of))
        assert is_figure(types.new_class("Sub", (kind,))()) is known


def test_a_manifest_sums_columns_up(codec):
    frame = pd.DataFrame(
        {
            "n": [3, 1, 2**60],
            "x": [0.5, math.nan, math.inf],
            "at": pd.to_datetime(["2026-11-24", None, "2026-11-25"]),
            "name": ["b", "a", None],
        }
    )
    columns = codec.store(f=frame)["f"]["statistics"]
    assert (columns["n"]["min"], columns["n"]["max"]) == (1, str(2**60))
    assert (columns["x"]["min"], columns["x"]["max"]) == (0.5, "inf")
    assert columns["at"]["nulls"] == 1
    assert columns["at"]["max"] == "2026-11-25T00:00:00"
    assert (columns["name"]["nulls"], columns["name"]["min"]) == (1, "a")
    json.dumps(columns, allow_nan=False)


SHARED = [1]
MIDNIGHT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"a": [1, 2.5, None, True, "x"]}, True),
        ((1, 2), False),
        ({1: "a"}, False),
        (math.nan, False),
        ([SHARED, SHARED], False),
        ([[1], [1]], True),
        (10**301, False),
        (Decimal(1), False),
        (b"x", False),
    ],
)
def test_json_is_chosen_only_for_what_it_keeps(value, kept):
    assert json_keeps(value) is kept
    if kept:
        assert same(json.loads(json.dumps(value)), value)


def test_what_is_too_deep_for_json_is_not_kept():
    deep = []
    for _ in range(150):
        deep = [deep]
    assert not json_keeps(deep)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, True, False),
        (1, 1.0, False),
        (0.0, -0.0, False),
        (math.nan, math.nan, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ([1, [2]], [1, [2]], True),
        (Decimal("1.0"), Decimal("1.00"), False),
        (MIDNIGHT, MIDNIGHT.replace(tzinfo=None), False),
        (object(), object(), False),
    ],
)
def test_the_same_means_down_to_the_types(one, other, equal):
    assert same(one, other) is equal


def _lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_without_end_is_cut_and_the_limit_is_noted_once(tmp_path):
    log = AttemptLog(str(tmp_path / "a/log.jsonl"), 'the "block"', 2)
    folder = LineFolder("stdout")
    folder.feed(log, "x" * (2 * LONGEST_LINE + 5) + "\n")
    for _ in range(LIMIT // LONGEST_LINE + 5):
        folder.feed(log, "y" * LONGEST_LINE + "\n")
    log.close()
    lines = _lines(tmp_path / "a/log.jsonl")
    assert [len(line["text"]) for line in lines[:3]] == [LONGEST_LINE, LONGEST_LINE, 5]
    assert {(line["block"], line["attempt"]) for line in lines} == {('the "block"', 2)}
    assert [line["text"] for line in lines if line["level"] == "warning"] == [
        "More than 10 MB were written: the rest is left out."
    ]


def test_a_log_that_cannot_be_written_fails_nothing(tmp_path):
    (tmp_path / "taken").write_text("a file where the folder should be")
    log = AttemptLog(str(tmp_path / "taken/log.jsonl"), "b", 1)
    log.line("stdout", "lost")
    log.flush()
    log.line("stdout", "lost, too")
    log.close()
    assert log.full


def test_nothing_written_makes_no_file(tmp_path):
    AttemptLog(str(tmp_path / "none/log.jsonl"), "b", 1).close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        (["10%\r", "50%\r", "100%\n"], ["100%"]),
        (["a", "b", "c\n", "d"], ["abc", "d"]),
        (["one\r\ntwo\r\n"], ["one", "two"]),
        (["\n\n"], ["", ""]),
        (["half\rwhole"], ["whole"]),
    ],
)
def test_pieces_become_the_lines_of_a_terminal(tmp_path, pieces, lines):
    log = AttemptLog(str(tmp_path / "log.jsonl"), "b", 1)
    folder = LineFolder("stderr")
    for piece in pieces:
        folder.feed(log, piece)
    folder.end(log)
    log.close()
    assert [line["text"] for line in _lines(tmp_path / "log.jsonl")] == lines
