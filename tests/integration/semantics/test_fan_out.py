"""Dynamic blocks (mage-format §4.5): one run for each value, joined again in order."""

from __future__ import annotations

import pytest
import yaml

from .conftest import Stage

DYNAMIC = {"configuration": {"dynamic": True}}
REDUCED = {"configuration": {"reduce_output": True}}


def _fan(stage: Stage, pipeline: str, returned: str, each: str = "return args[0]") -> None:
    """Write a pipeline of a source, a block for each of its values, one below, and a join."""
    stage.write(
        pipeline,
        {
            f"{pipeline}_source": ("data_loader", f"return {returned}", []),
            f"{pipeline}_each": ("transformer", each, [f"{pipeline}_source"]),
            f"{pipeline}_again": ("transformer", "return args[0]", [f"{pipeline}_each"]),
            f"{pipeline}_join": ("transformer", "return {'it': args[0]}", [f"{pipeline}_again"]),
        },
        {f"{pipeline}_source": DYNAMIC, f"{pipeline}_again": REDUCED},
    )


def test_children_run_once_for_each_value_and_join_in_order(stage: Stage) -> None:
    _fan(stage, "three", "[[10, 20, 30]]", "return args[0] + kwargs['dynamic_block_index']")
    ran = stage.run("three")
    assert ran.state == "success"
    assert ran.states == {
        "three_source": "success",
        "three_each:0": "success", "three_each:1": "success", "three_each:2": "success",
        "three_again:0": "success", "three_again:1": "success", "three_again:2": "success",
        "three_join": "success",
    }  # fmt: skip
    assert ran.values("three_each") == [10, 21, 32]
    assert ran.value("three_join") == {"it": [10, 21, 32]}
    assert [(fan.block, fan.items) for fan in ran.word.fan_outs] == [
        ("three_each", {"success": 3}),
        ("three_again", {"success": 3}),
    ]


@pytest.mark.parametrize(
    ("returned", "items"),
    [
        ("[[7]]", [7]),
        ("[]", []),
        ("[[]]", []),
        ("[[], []]", []),
        ("[1, 2]", [1, 2]),
        ("range(3)", [0, 1, 2]),
        ("(n * n for n in range(3))", [0, 1, 4]),
        ("[[[1, 2], [3, 4]]]", [[1, 2], [3, 4]]),
        ("[[{'a': 1}, {'a': 2}]]", [{"a": 1}, {"a": 2}]),
        ("__import__('pandas').DataFrame({'a': [1, 2]})['a']", [1, 2]),
        ("[[(1, 'x'), None]]", [[1, "x"], []]),
    ],
)
def test_what_may_be_fanned_out(stage: Stage, returned: str, items: list[object]) -> None:
    _fan(stage, "shapes", returned)
    ran = stage.run("shapes")
    assert ran.state == "success", ran.word
    assert ran.value("shapes_join") == {"it": items}


def test_a_frame_gives_its_rows(stage: Stage) -> None:
    frame = "__import__('pandas').DataFrame({'city': ['Oslo', 'Rome'], 'n': [1, 2]})"
    each = "return {'kind': type(args[0]).__name__, **args[0].to_dict()}"
    _fan(stage, "rows", f"[{frame}, [{{}}, {{'block_uuid': 'rome'}}]]", each)
    ran = stage.run("rows")
    assert ran.values("rows_each") == [
        {"kind": "Series", "city": "Oslo", "n": 1},
        {"kind": "Series", "city": "Rome", "n": 2},
    ]
    assert "rows_each:rome" in ran.states


@pytest.mark.parametrize(
    ("returned", "kind", "words"),
    [
        ("5", "WrongFanOut", "returned a int"),
        ("'text'", "WrongFanOut", "returned a str"),
        ("{'a': 1}", "WrongFanOut", "returned a dict"),
        ("None", "WrongFanOut", "returned nothing"),
        ("[[1, 2], [3, 4]]", "WrongFanOut", "no list of dicts"),
        ("[[1], [{}, {}]]", "WrongFanOut", "1 values and metadata for 2"),
        ("[[1], [2], [3]]", "WrongFanOut", "returned 3 lists"),
        ("[[1], [{'upstream_blocks': ['x']}]]", "WrongFanOut", "upstream_blocks"),
        ("[list(range(1_000_000))]", "TooManyItems", "1,000,000 values"),
    ],
)
def test_what_may_not_be_is_said(stage: Stage, returned: str, kind: str, words: str) -> None:
    _fan(stage, "wrong", returned)
    ran = stage.run("wrong")
    assert ran.state == "failed"
    assert ran.error("wrong_source")[0] == kind
    assert words in ran.error("wrong_source")[1]
    assert ran.states["wrong_each"] == ran.states["wrong_join"] == "upstream_failed"


def test_metadata_names_an_item_and_joins_its_keywords(stage: Stage) -> None:
    returned = "[[1, 2], [{'block_uuid': 'us', 'tax': 3}, {'block_uuid': 'ca', 'tax': 4}]]"
    each = "return [kwargs['tax'], kwargs['block_uuid'], kwargs['dynamic_block_index']], 0"
    _fan(stage, "named", returned, each)
    ran = stage.run("named")
    assert [s for s in ran.states if s.startswith("named_each")] == [
        "named_each:us", "named_each:ca",
    ]  # fmt: skip
    assert ran.value("named_join") == {"it": [[[3, "us", 0], 0], [[4, "ca", 1], 0]]}


def test_other_inputs_are_passed_whole_to_each_item(stage: Stage) -> None:
    stage.write(
        "mixed",
        {
            "mixed_rates": ("data_loader", "return {'us': 2, 'ca': 3}", []),
            "mixed_codes": ("data_loader", "return [['us', 'ca']]", []),
            "mixed_each": (
                "transformer",
                "return args[0][args[1]]",
                ["mixed_rates", "mixed_codes"],
            ),
        },
        {"mixed_codes": DYNAMIC},
    )
    assert stage.run("mixed").values("mixed_each") == [2, 3]


def test_two_dynamic_parents_give_the_product_outer_loop_first(stage: Stage) -> None:
    stage.write(
        "cross",
        {
            "cross_a": ("data_loader", "return [['x', 'y']]", []),
            "cross_b": ("data_loader", "return [[1, 2, 3]]", []),
            "cross_each": (
                "transformer",
                "return f'{args[0]}{args[1]}{kwargs[\"dynamic_block_index\"]}'",
                ["cross_a", "cross_b"],
            ),
            "cross_a_only": ("transformer", "return args[0] * 2", ["cross_a"]),
            "cross_both": (
                "transformer",
                "return args[0] + args[1]",
                ["cross_each", "cross_a_only"],
            ),
        },
        {"cross_a": DYNAMIC, "cross_b": DYNAMIC},
    )
    ran = stage.run("cross")
    assert ran.values("cross_each") == ["x10", "x21", "x32", "y13", "y24", "y35"]
    assert ran.values("cross_both") == ["x10xx", "x21xx", "x32xx", "y13yy", "y24yy", "y35yy"]


def test_a_dynamic_child_of_a_dynamic_child_gives_every_value_once_in_order(stage: Stage) -> None:
    stage.write(
        "nest",
        {
            "nest_outer": ("data_loader", "return [[10, 20, 0]]", []),
            "nest_inner": (
                "transformer",
                "n = args[0]\nreturn [[f'{n}_a', f'{n}_b'] if n else []]",
                ["nest_outer"],
            ),
            "nest_leaf": ("transformer", "return args[0]", ["nest_inner"]),
            "nest_pair": ("transformer", "return [args[0] + '/' + str(args[1])]",
                          ["nest_leaf", "nest_outer"]),
            "nest_join": ("transformer", "return {'it': args[0]}", ["nest_pair"]),
        },
        {"nest_outer": DYNAMIC, "nest_inner": DYNAMIC, "nest_pair": REDUCED},
    )  # fmt: skip
    ran = stage.run("nest")
    assert ran.state == "success", ran.word
    assert [s for s in ran.states if s.startswith("nest_leaf")] == [
        "nest_leaf:0:0", "nest_leaf:0:1", "nest_leaf:1:0", "nest_leaf:1:1",
    ]  # fmt: skip
    assert ran.value("nest_join") == {"it": ["10_a/10", "10_b/10", "20_a/20", "20_b/20"]}


def test_a_dynamic_child_that_reduces_fans_out_over_all_its_values(stage: Stage) -> None:
    stage.write(
        "both",
        {
            "both_outer": ("data_loader", "return [[1, 2]]", []),
            "both_inner": ("transformer", "return [[args[0]] * args[0]]", ["both_outer"]),
            "both_leaf": ("transformer", "return args[0] * 10", ["both_inner"]),
        },
        {
            "both_outer": DYNAMIC,
            "both_inner": {"configuration": {"dynamic": True, "reduce_output": True}},
        },
    )
    ran = stage.run("both")
    assert ran.values("both_leaf") == [10, 20, 20]
    assert [s for s in ran.states if s.startswith("both_leaf")] == [
        "both_leaf:0", "both_leaf:1", "both_leaf:2",
    ]  # fmt: skip


def test_an_item_that_fails_takes_its_own_with_it_and_the_others_go_on(stage: Stage) -> None:
    _fan(stage, "fails", "[[1, 0, 2]]", "return 6 // args[0]")
    ran = stage.run("fails")
    assert ran.state == "failed"
    assert ran.word.failed_block == "fails_each"
    assert ran.states == {
        "fails_source": "success",
        "fails_each:0": "success", "fails_each:1": "failed", "fails_each:2": "success",
        "fails_again:0": "success", "fails_again:1": "upstream_failed", "fails_again:2": "success",
        "fails_join": "upstream_failed",
    }  # fmt: skip
    assert ran.error("fails_each", "1")[0] == "ZeroDivisionError"


def test_a_retry_runs_the_failed_items_alone(stage: Stage) -> None:
    flag = stage.notes.with_name("flag")
    each = (
        "import os\nopen(NOTES, 'a').write(str(args[0]) + chr(10))\n"
        f"assert args[0] != 2 or os.path.exists({str(flag)!r})\nreturn args[0]"
    )
    _fan(stage, "again", "[[1, 2, 3]]", each)
    ran = stage.run("again")
    assert sorted(stage.noted()) == ["1", "2", "3"]
    assert ran.states["again_join"] == "upstream_failed"
    flag.touch()
    stage.services.runs.retry(ran.id)
    again = stage.services.runs.wait(ran.id, 20)
    assert again.state == "success"
    assert stage.noted() == ["2"]
    assert ran.value("again_join") == {"it": [1, 2, 3]}
    assert [one.attempts for one in again.block_runs if one.block == "again_each"] == [1, 2, 1]


def test_each_item_has_its_own_retries_and_log(stage: Stage) -> None:
    stage.write(
        "own",
        {
            "own_source": ("data_loader", "return [[1, 2]]", []),
            "own_each": (
                "transformer",
                (
                    "print('try', args[0], kwargs['retry']['attempts'])\n"
                    "assert kwargs['retry']['attempts'] == args[0]"
                ),
                ["own_source"],
            ),
        },
        {"own_source": DYNAMIC, "own_each": {"retry_config": {"retries": 1, "delay": 0}}},
    )
    ran = stage.run("own")
    assert ran.state == "success"
    lines = stage.services.runs.log(ran.id, block="own_each").lines
    assert sorted((line.item, line.text) for line in lines if line.level == "stdout") == [
        ("0", "try 1 1"), ("1", "try 2 1"), ("1", "try 2 2"),
    ]  # fmt: skip


def test_alone_upto_and_from_take_the_items_of_the_run_before(stage: Stage) -> None:
    _fan(stage, "parts", "[['a', 'b']]", "return args[0] * 2")
    whole = stage.run("parts")
    for how, would_run in (
        ({"block": "parts_each"}, ["parts_each"]),
        ({"block": "parts_join"}, ["parts_join"]),
        ({"from_": "parts_again"}, ["parts_again", "parts_join"]),
        ({"upto": "parts_each"}, ["parts_source", "parts_each"]),
    ):
        ran = stage.run("parts", **how, **({} if "upto" in how else {"of": whole.id}))
        assert ran.state == "success", ran.word
        again = {b.block for b in ran.word.block_runs if not b.cached}
        assert again == set(would_run)
    assert stage.run("parts", block="parts_join").value("parts_join") == {"it": ["aa", "bb"]}


def test_a_cancel_stops_the_items_and_a_retry_goes_on_with_them(stage: Stage) -> None:
    flag = stage.notes.with_name("go")
    each = f"import os, time\nwhile not os.path.exists({str(flag)!r}):\n    time.sleep(0.05)\n"
    _fan(stage, "stops", "[[1, 2, 3, 4]]", each + "return args[0]")
    run = stage.services.runs.start(stage.project, "stops").id
    stage.until(run, lambda word: sum(b.state == "running" for b in word.block_runs) == 2)
    stage.services.runs.cancel(run)
    word = stage.services.runs.wait(run, 20)
    assert word.state == "cancelled"
    assert {b.state for b in word.block_runs if b.block == "stops_each"} == {"cancelled"}
    flag.touch()
    stage.services.runs.retry(run)
    word = stage.services.runs.wait(run, 20)
    assert word.state == "success"
    assert word.fan_outs[0].items == {"success": 4}


def test_a_block_has_a_limit_of_its_own_for_its_items(stage: Stage) -> None:
    each = (
        "import time\nopen(NOTES, 'a').write('begins' + chr(10))\ntime.sleep(0.05)\n"
        "open(NOTES, 'a').write('ends' + chr(10))\nreturn args[0]"
    )
    _fan(stage, "narrow", "[list(range(6))]", each)
    path = stage.place / "pipelines" / "narrow" / "metadata.yaml"
    written = yaml.safe_load(path.read_text())
    written["blocks"][1]["configuration"]["concurrency"] = 1
    path.write_text(yaml.safe_dump(written))
    ran = stage.run("narrow")
    assert ran.value("narrow_join") == {"it": [0, 1, 2, 3, 4, 5]}
    assert stage.noted() == ["begins", "ends"] * 6  # two slots, and one item at a time
