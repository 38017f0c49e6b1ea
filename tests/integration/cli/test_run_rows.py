"""``run``, ``runs``, ``product`` and ``engine``: keys and statuses, on a real engine."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from cli_calling import call

RUN_KEYS = {
    "id",
    "number",
    "pipeline",
    "state",
    "trigger",
    "nominal_at",
    "variables",
    "created_at",
    "started_at",
    "ended_at",
    "snapshot",
    "block_runs",
}
BLOCK_RUN_KEYS = {
    "block",
    "item",
    "state",
    "cached",
    "attempts",
    "code",
    "started_at",
    "ended_at",
    "worker_pid",
    "products",
    "error",
}
PRODUCT_KEYS = {
    "block",
    "run",
    "name",
    "type",
    "schema",
    "rows",
    "bytes",
    "created_at",
    "code",
    "preview",
}


def states(run: dict[str, Any]) -> dict[str, str]:
    return {block["block"]: block["state"] for block in run["block_runs"]}


def test_run(here: Path) -> None:
    ran = call("run", "sales", "--json", "--var", "market=NY", "--var", "factor=3")
    assert ran.status == 0, ran
    run = ran.document
    assert set(run) >= RUN_KEYS
    assert run["state"] == "success"
    assert run["variables"] == {"market": "NY", "factor": 3}
    assert all(set(block) >= BLOCK_RUN_KEYS for block in run["block_runs"])
    assert set(states(run).values()) == {"success"}
    products = {p["name"]: p for block in run["block_runs"] for p in block["products"]}
    assert set(products["clean"]) >= {"name", "type", "rows", "bytes"}
    assert (products["clean"]["type"], products["clean"]["rows"]) == ("frame", 1)
    shown = call("product", "show", "sales", "totals", "--name", "total", "--json").document
    assert shown["value"] == 6.0
    for moment in (run["created_at"], run["started_at"], run["ended_at"]):
        assert moment.endswith("Z")


def test_run_for_people(here: Path) -> None:
    ran = call("run", "sales")
    assert ran.status == 0
    assert "●  L load_sales" in ran.out
    assert "█" in ran.out
    assert "clean.clean" in ran.out
    assert "load_sales: success" in ran.err
    assert ran.err.splitlines()[0].startswith("Run ")


def test_run_that_fails(here: Path) -> None:
    ran = call("run", "broken", "--json")
    assert ran.status == 1
    run = ran.document
    assert run["state"] == "failed"
    assert states(run) == {
        "numbers": "success",
        "twice": "failed",
        "total": "upstream_failed",
        "count": "success",
    }
    error = next(b["error"] for b in run["block_runs"] if b["block"] == "twice")
    assert {"type", "message", "traceback", "cell_id", "line"} <= set(error)
    assert (error["type"], error["cell_id"], error["line"]) == ("KeyError", "two", 3)
    said = call("runs", "show", "broken#1")
    assert said.status == 0
    assert "cell two, line 3" in said.out


def test_dry_run(here: Path) -> None:
    newest = call("runs", "show", "last", "--json").document["id"]
    dry = call("run", "sales", "--from", "clean", "--dry-run", "--json")
    assert dry.status == 0
    assert dry.document == {"would_run": ["clean", "totals"], "reused": ["load_sales"]}
    assert call("runs", "show", "last", "--json").document["id"] == newest


@pytest.mark.parametrize(
    ("options", "ran"),
    [
        (["--block", "clean"], {"clean"}),
        (["--upto", "clean"], {"load_sales", "clean"}),
        (["--from", "clean"], {"clean", "totals"}),
        (["--from", "totals", "--of", "sales#1"], {"totals"}),
        (["--block", "clean", "--of", "sales#1"], {"clean"}),
    ],
)
def test_part_of_a_pipeline(here: Path, options: list[str], ran: set[str]) -> None:
    answer = call("run", "sales", *options, "--json")
    assert answer.status == 0, answer
    fresh = {b["block"] for b in answer.document["block_runs"] if not b["cached"]}
    assert fresh == ran
    assert all(b["products"] for b in answer.document["block_runs"])


def test_run_exports_first(here: Path) -> None:
    notebook = here / "notebooks/sales.ipynb"
    before = notebook.read_text()
    document = json.loads(before)
    document["cells"][4]["source"] = "total = -1.0\nrows = len(clean)"
    notebook.write_text(json.dumps(document))
    try:
        warned = call("run", "sales", "--json")
        assert "differs from the files" in warned.err
        exported = call("run", "sales", "--export", "--json")
        assert exported.status == 0, exported
        shown = call("product", "show", "sales", "totals", "--name", "total", "--json")
        assert shown.document["value"] == -1.0
    finally:
        notebook.write_text(before)
        assert call("export", "notebooks/sales.ipynb").status == 0


def test_no_wait_timeout_cancel_and_retry(here: Path) -> None:
    begun = call("run", "slow", "--no-wait", "--json")
    assert begun.status == 0
    assert begun.document["state"] in ("queued", "running")
    run_id = begun.document["id"]
    stopped = call("runs", "cancel", run_id, "--json")
    assert stopped.status == 0
    assert set(stopped.document) >= RUN_KEYS
    timed_out = call("run", "slow", "--timeout", "0.5s", "--json")
    assert timed_out.status == 1
    assert timed_out.document["state"] in ("queued", "running")
    assert "goes on" in timed_out.err
    call("runs", "cancel", timed_out.document["id"])
    deadline = time.monotonic() + 20
    while call("runs", "show", run_id, "--json").document["state"] != "cancelled":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    resumed = call("runs", "retry", run_id, "--code", "current", "--json")
    assert resumed.status == 0
    assert resumed.document["id"] == run_id
    assert call("runs", "cancel", run_id).status == 0


def test_an_interrupt_leaves_the_run_going(here: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mage_jlab", "run", "slow"],
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        first = process.stderr.readline()
        assert first.startswith("Run "), first
    finally:
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=20)
    assert process.returncode == 130
    number = first.split()[1]
    assert f"Run slow#{number} goes on" in rest
    assert "Traceback" not in rest
    live = call("runs", "show", f"slow#{number}", "--json").document
    assert live["state"] in ("queued", "running")
    assert call("runs", "cancel", live["id"]).status == 0


def test_runs_list(here: Path) -> None:
    listed = call("runs", "list", "--pipeline", "sales", "--limit", "1", "--json")
    assert listed.status == 0
    assert set(listed.document) == {"runs", "next"}
    first = listed.document["runs"]
    assert len(first) == 1
    assert set(first[0]) >= RUN_KEYS - {"block_runs"}
    cursor = listed.document["next"]
    assert cursor
    older = call(
        "runs", "list", "--pipeline", "sales", "--limit", "1", "--before", cursor, "--json"
    )
    assert older.document["runs"][0]["number"] == first[0]["number"] - 1
    failed = call("runs", "list", "--state", "failed", "--json").document["runs"]
    assert {run["state"] for run in failed} <= {"failed"}
    missed = call("runs", "list", "--missed", "--json")
    assert missed.status == 0
    assert set(missed.document) == {"misses", "next"}
    assert call("runs", "list").out.splitlines()[0].startswith("State")


def test_runs_show(here: Path) -> None:
    by_number = call("runs", "show", "sales#1", "--json")
    assert by_number.status == 0
    run_id = by_number.document["id"]
    assert call("runs", "show", run_id, "--json").document == by_number.document
    one = call("runs", "show", run_id, "--block", "clean", "--json").document
    assert [b["block"] for b in one["block_runs"]] == ["clean"]


def test_runs_logs(here: Path) -> None:
    logs = call("runs", "logs", "sales#1", "--json")
    assert logs.status == 0
    assert "three rows" in [line["text"] for line in logs.document["lines"]]
    clean = call("runs", "logs", "sales#1", "--block", "clean", "--json").document["lines"]
    read, stored = [line["text"] for line in clean]
    assert read.startswith("read raw: 3 × 2 in ")
    assert re.fullmatch(r"stored clean: 2 × 2, \d\.\d kB", stored)
    followed = call("runs", "logs", "sales#1", "--follow", "--json")
    assert followed.status == 0
    lines = [json.loads(line) for line in followed.out.splitlines()]
    assert lines == logs.document["lines"]
    assert "three rows" in call("runs", "logs", "sales#1").out


def test_retry_needs_something_to_do(here: Path) -> None:
    assert call("runs", "retry", "sales#1", "--json").error["code"] == "nothing-to-retry"


def test_product_list(here: Path) -> None:
    listed = call("product", "list", "--run", "sales#1", "--json")
    assert listed.status == 0
    found = {(p["block"], p["name"]): p for p in listed.document["products"]}
    assert set(found) == {
        ("load_sales", "raw"),
        ("clean", "clean"),
        ("totals", "total"),
        ("totals", "rows"),
    }
    assert set(found["clean", "clean"]) >= PRODUCT_KEYS
    assert "clean.clean" in call("product", "list", "--pipeline", "sales").out


def test_product_show(here: Path) -> None:
    shown = call(
        "product", "show", "sales", "load_sales", "--run", "sales#1", "--rows", "2", "--json"
    )
    assert shown.status == 0
    product = shown.document
    assert set(product) >= PRODUCT_KEYS
    assert [column["name"] for column in product["schema"]] == ["market", "amount"]
    assert product["rows"] == 3
    assert product["preview"] == [["CA", 1.5], ["NY", 2.0]]


def test_product_of_several_results_needs_a_name(here: Path) -> None:
    message = call("product", "show", "sales", "totals", "--json").error["message"]
    assert "total" in message
    assert "rows" in message


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow", ".json", ".pkl", ".html"])
def test_product_get(here: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"raw{suffix}"
    got = call(
        "product",
        "get",
        "sales",
        "load_sales",
        "--run",
        "sales#1",
        "--output",
        str(target),
        "--json",
    )
    assert got.status == 0, got
    assert got.document == {"output": str(target)}
    expected = pd.DataFrame({"market": ["CA", "NY", "CA"], "amount": [1.5, 2.0, 3.25]})
    readers = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".pkl": pd.read_pickle}
    if suffix in readers:
        pd.testing.assert_frame_equal(readers[suffix](target), expected)
    else:
        assert target.stat().st_size > 50


def test_product_get_refuses_an_unknown_ending(here: Path, tmp_path: Path) -> None:
    target = tmp_path / "raw.docx"
    error = call("product", "get", "sales", "clean", "--output", str(target), "--json").error
    assert ".docx" in error["message"]
    assert not target.exists()
