"""Cached blocks: skipped while code, inputs, variables and environment are the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mage_jlab.domain.run import BlockRun

from .conftest import Ran, Stage

CACHED = {"configuration": {"cache": True}}
RAN = "open(NOTES, 'a').write({name!r} + chr(10))\n"


def _write(stage: Stage, name: str, value: str = "1", clean: str = "return args[0] * 2") -> None:
    """Write a pipeline of three blocks, of which the first two are cached."""
    stage.write(
        name,
        {
            f"{name}_load": ("data_loader", f"{RAN.format(name='load')}return {value}", []),
            f"{name}_clean": (
                "transformer", f"{RAN.format(name='clean')}{clean}", [f"{name}_load"],
            ),
            f"{name}_show": ("transformer", "return args[0]", [f"{name}_clean"]),
        },
        {f"{name}_load": CACHED, f"{name}_clean": CACHED},
        variables={"market": "CA", "limit": 3},
    )  # fmt: skip


def _block(ran: Ran, name: str) -> BlockRun:
    return next(one for one in ran.word.block_runs if one.block == name)


def test_a_second_run_takes_the_products_and_names_their_origin(stage: Stage) -> None:
    _write(stage, "same")
    first = stage.run("same")
    assert stage.noted() == ["load", "clean"]
    second = stage.run("same")
    third = stage.run("same")
    assert stage.noted() == []
    for ran in (second, third):
        assert ran.state == "success"
        for name in ("same_load", "same_clean"):
            block = _block(ran, name)
            assert (block.cached, block.attempts, block.origin) == (True, 0, first.id)
        assert not _block(ran, "same_show").cached
        assert ran.value("same_show") == 2
    assert stage.services.runs.attempts(second.id, "same_load") == ()


def test_what_would_run_says_what_would_be_reused(stage: Stage) -> None:
    _write(stage, "dry")
    names = ["dry_load", "dry_clean", "dry_show"]
    assert stage.services.runs.plan(stage.project, "dry").would_run == names
    stage.run("dry")
    plan = stage.services.runs.plan(stage.project, "dry")
    assert (plan.would_run, plan.reused) == (["dry_show"], ["dry_load", "dry_clean"])
    _write(stage, "dry", clean="return args[0] * 3")
    plan = stage.services.runs.plan(stage.project, "dry")
    assert (plan.would_run, plan.reused) == (["dry_clean", "dry_show"], ["dry_load"])
    stage.noted()


def test_other_code_or_other_input_runs_again(stage: Stage) -> None:
    _write(stage, "code")
    stage.run("code")
    _write(stage, "code", clean="return args[0] * 5")
    assert stage.run("code").value("code_show") == 5
    assert stage.noted() == ["load", "clean", "clean"]
    # another text that gives the same value: the block below it is still reused
    _write(stage, "code", value="2 - 1", clean="return args[0] * 5")
    stage.run("code")
    assert stage.noted() == ["load"]
    _write(stage, "code", value="3", clean="return args[0] * 5")
    assert stage.run("code").value("code_show") == 15
    assert stage.noted() == ["load", "clean"]


def test_shared_code_counts(stage: Stage) -> None:
    utils = stage.place / "utils"
    utils.mkdir(exist_ok=True)
    (utils / "rates.py").write_text("RATE = 2\n")
    _write(stage, "shared", clean="from shop.utils.rates import RATE\nreturn args[0] * RATE")
    assert stage.run("shared").value("shared_show") == 2
    (utils / "rates.py").write_text("RATE = 7\n")
    assert stage.run("shared").value("shared_show") == 7
    assert stage.noted() == ["load", "clean"] * 2
    shutil.rmtree(utils)


@pytest.mark.parametrize(
    ("clean", "variables", "again"),
    [
        ("return kwargs['market']", {"market": "NY"}, True),
        ("return kwargs.get('market', 'x')", {"market": "OR"}, True),
        ("return kwargs['market']", {"limit": 9}, False),
        ("return kwargs.get('other')", {"limit": 8}, False),
        ("return str(sorted(kwargs))[:0]", {"limit": 7}, True),
    ],
)
def test_only_variables_that_a_block_reads_count(
    stage: Stage, clean: str, variables: dict[str, object], again: bool
) -> None:
    _write(stage, "vars", clean=clean)
    stage.run("vars")
    stage.noted()
    stage.run("vars", variables=variables)
    assert stage.noted() == (["clean"] if again else [])


def test_a_block_that_reads_the_time_of_its_run_runs_each_time(stage: Stage) -> None:
    _write(stage, "timed", clean="return kwargs['ds'] and kwargs['execution_date'].isoformat()")
    for _ in range(2):
        stage.run("timed")
    assert stage.noted() == ["load", "clean", "clean"]


def test_a_product_that_is_gone_is_made_again(stage: Stage) -> None:
    big = "return {'big': 'x' * 100_000}"
    _write(stage, "gone", clean=big)
    first = stage.run("gone")
    (row,) = stage.services.doors.ledger.products(run=first.id, block="gone_clean")
    assert row.stored.uri is not None
    shutil.rmtree(Path(row.root) / row.stored.uri)
    stage.run("gone")
    assert stage.noted() == ["load", "clean", "clean"]


def test_items_of_a_fan_out_are_cached_one_by_one(stage: Stage) -> None:
    def write(values: str) -> None:
        stage.write(
            "fan",
            {
                "fan_source": ("data_loader", f"return [{values}]", []),
                "fan_each": (
                    "transformer", RAN.format(name="each") + "return args[0] * 2", ["fan_source"],
                ),
            },
            {"fan_source": {"configuration": {"dynamic": True, "cache": True}}, "fan_each": CACHED},
        )  # fmt: skip

    write("[1, 2]")
    stage.run("fan")
    assert stage.noted() == ["each", "each"]
    second = stage.run("fan")
    assert stage.noted() == []
    assert second.values("fan_each") == [2, 4]
    assert _block(second, "fan_source").cached


def test_a_failure_is_never_reused(stage: Stage) -> None:
    _write(stage, "fails", clean="raise ValueError('no')")
    for _ in range(2):
        assert stage.run("fails").state == "failed"
    assert stage.noted() == ["load", "clean", "clean"]
