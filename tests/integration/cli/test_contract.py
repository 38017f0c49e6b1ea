"""The rows of the contract once more: keys that no other test names, and rows that come later."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cli_calling import call
from cli_notebooks import code, sales, write

LATER = [
    ["sync"],
    ["promote", "notebooks/sales.ipynb"],
    ["open", "sales", "--run", "sales#1"],
    ["runs", "why", "sales#1"],
    ["trigger", "add", "sales", "--name", "x", "--api"],
    ["trigger", "add", "sales", "--name", "x", "--on", "signal"],
    ["connect"],
    ["stream"],
]
MISS_KEYS = {"pipeline", "trigger", "from", "to", "count", "reason"}
TRIGGER_KEYS = {"id", "name", "pipeline", "kind", "spec", "tz", "enabled", "next_at", "last_at"}
RUN_KEYS = {"id", "number", "pipeline", "state", "trigger", "nominal_at", "variables", "snapshot"}


def utc(text: str) -> datetime:
    assert text.endswith("Z"), text
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize("arguments", LATER, ids=" ".join)
def test_a_row_that_is_not_built_is_absent_and_wrong_use(here: Path, arguments: list[str]) -> None:
    before = sorted(here.rglob("*.yaml"))
    assert call(*arguments, "--json").error["code"] == "wrong-use"
    assert sorted(here.rglob("*.yaml")) == before
    words = [word for word in arguments if not word.startswith(("sales", "notebooks"))]
    group = [] if len(words) == 1 else words[:-1] if words[0] in ("runs", "product") else None
    if group is not None:
        rows = [line.split()[0] for line in call(*group, "--help").out.splitlines() if line.strip()]
        assert words[-1] not in rows


def test_the_module_is_the_same_program(here: Path) -> None:
    program = [sys.executable, "-m", "mage_jlab", "graph"]
    done = subprocess.run(
        [*program, "sales", "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == call("graph", "sales", "--json").document
    wrong = subprocess.run([*program, "nowhere"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert len(wrong.stderr.splitlines()) == 1


def test_the_project_of_a_notebook_is_found_from_its_folder(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    checked = call("check", str(project / "notebooks/sales.ipynb"), "--json")
    assert checked.status == 0
    assert checked.document["notebook"] == "notebooks/sales.ipynb"
    exported = call("export", str(project / "notebooks/sales.ipynb"), "--json")
    assert (exported.status, exported.document["written"]) == (0, [])


def test_a_run_by_every_name_that_it_has(here: Path) -> None:
    ran = call("run", "sales", "--json").document
    for ref in (ran["id"], f"sales#{ran['number']}"):
        assert call("runs", "show", ref, "--json").document == ran
    newest = call("runs", "list", "--limit", "1", "--json").document["runs"][0]["id"]
    assert call("runs", "show", "last", "--json").document["id"] == newest
    assert utc(ran["created_at"]) <= utc(ran["started_at"]) <= utc(ran["ended_at"])


def test_ids_sort_by_time_and_numbers_count_by_pipeline(here: Path) -> None:
    first, second = (call("run", "sales", "--json").document for _ in range(2))
    assert first["id"] < second["id"]
    assert second["number"] == first["number"] + 1
    begun = call("run", "broken", "--json").document
    assert begun["id"] > second["id"]


def test_an_export_that_is_refused_ends_the_run_before_it_begins(fresh: Path) -> None:
    write(fresh / "notebooks/sales.ipynb", sales())
    assert call("export", "notebooks/sales.ipynb").status == 0
    write(fresh / "notebooks/sales.ipynb", [*sales(), code("bad", "x = (", "block:custom")])
    refused = call("run", "sales", "--export", "--json")
    assert refused.status == 1
    assert [d["code"] for d in refused.document["diagnostics"]] == ["syntax"]
    assert call("runs", "list", "--json").document["runs"] == []


def test_an_export_shows_its_diff_and_what_it_removes(fresh: Path) -> None:
    write(fresh / "notebooks/sales.ipynb", sales())
    assert call("export", "notebooks/sales.ipynb").status == 0
    cells = sales()[:4]
    cells[3]["source"] = 'clean = raw[raw["market"] != market]'
    write(fresh / "notebooks/sales.ipynb", cells)
    diff = call("export", "notebooks/sales.ipynb", "--dry-run", "--diff")
    assert '-    clean = raw[raw["market"] == market]' in diff.out
    assert '+    clean = raw[raw["market"] != market]' in diff.out
    done = call("export", "notebooks/sales.ipynb", "--json").document
    assert done["removed"] == ["transformers/totals.py"]
    assert "transformers/clean.py" in done["written"]
    assert "data_loaders/load_sales.py" in done["unchanged"]
    assert not (fresh / "transformers/totals.py").exists()


def test_open_makes_a_notebook_where_there_is_none(fresh: Path) -> None:
    write(fresh / "notebooks/sales.ipynb", sales())
    assert call("export", "notebooks/sales.ipynb").status == 0
    (fresh / "notebooks/sales.ipynb").unlink()
    assert call("open", "sales", "--json").document == {"notebook": "notebooks/sales.ipynb"}
    checked = call("check", "notebooks/sales.ipynb", "--json")
    assert checked.status == 0
    names = [block["name"] for block in checked.document["blocks"]]
    assert names == ["load_sales", "clean", "totals"]


def test_a_retry_answers_with_the_same_run(here: Path) -> None:
    failed = call("run", "broken", "--json").document
    retried = call("runs", "retry", failed["id"], "--json")
    assert retried.status == 0
    assert set(retried.document) >= RUN_KEYS | {"block_runs"}
    assert (retried.document["id"], retried.document["number"]) == (failed["id"], failed["number"])
    ended = call("runs", "logs", failed["id"], "--follow", "--json")
    assert ended.status == 0
    shown = call("runs", "show", failed["id"], "--json").document
    assert shown["state"] == "failed"
    assert {b["block"]: b["attempts"] for b in shown["block_runs"]}["twice"] == 2


def test_missed_times_are_listed_with_their_reason(here: Path) -> None:
    added = call("trigger", "add", "sales", "--name", "busy", "--every", "1s",
                 "--overlap", "skip", "--json")  # fmt: skip
    slow = call("trigger", "add", "slow", "--name", "often", "--every", "1s",
                "--overlap", "skip", "--json")  # fmt: skip
    assert (added.status, slow.status) == (0, 0)
    try:
        misses: list[dict[str, Any]] = []
        for _ in range(100):
            listed = call("runs", "list", "--missed", "--pipeline", "slow", "--json")
            assert listed.status == 0
            misses = listed.document["misses"]
            if misses:
                break
            subprocess.run(["sleep", "0.2"], check=True)
        assert misses
    finally:
        for ref in ("sales/busy", "slow/often"):
            assert set(call("trigger", "remove", ref, "--json").document) >= TRIGGER_KEYS
        for run in call("runs", "list", "--pipeline", "slow", "--json").document["runs"]:
            if run["ended_at"] is None:
                call("runs", "cancel", run["id"])
    assert set(misses[0]) >= MISS_KEYS
    assert (misses[0]["pipeline"], misses[0]["trigger"]) == ("slow", "often")
    assert utc(misses[0]["from"]) <= utc(misses[0]["to"])
    assert misses[0]["count"] >= 1
    assert misses[0]["reason"]


@pytest.mark.parametrize("verb", ["show", "enable", "disable", "remove"])
def test_every_verb_of_a_trigger_answers_with_it(here: Path, verb: str) -> None:
    added = call("trigger", "add", "sales", "--name", verb, "--cron", "0 3 * * *", "--json")
    try:
        answer = call("trigger", verb, f"sales/{verb}", "--json")
        assert answer.status == 0
        assert set(answer.document) >= TRIGGER_KEYS
        assert answer.document["id"] == added.document["id"]
    finally:
        call("trigger", "remove", added.document["id"])


@pytest.mark.parametrize(
    ("given", "expected"), [("90s", "90s"), ("15m", "15m"), ("6h", "6h"), ("1d", "1d")]
)
def test_every_form_of_a_duration(here: Path, given: str, expected: str) -> None:
    added = call("trigger", "add", "sales", "--name", "long", "--every", given, "--json")
    assert call("trigger", "remove", "sales/long").status == 0
    assert (added.status, added.document["spec"]) == (0, expected)


def test_a_file_for_each_ending(fresh: Path, tmp_path: Path) -> None:
    cells = [
        code("array", "import numpy as np\ngrid = np.arange(6).reshape(2, 3)", "block:custom"),
        code("plot", "import matplotlib.pyplot as plt\nfig = plt.figure()\n"
             "fig.add_subplot().plot([1, 2])", "block:custom", name="plot"),
        code("frame", 'import pandas as pd\nframe = pd.DataFrame({"a": [1]})', "block:custom"),
    ]  # fmt: skip
    write(fresh / "notebooks/kinds.ipynb", cells)
    exported = call("export", "notebooks/kinds.ipynb", "--json")
    assert exported.status == 0, exported
    ran = call("run", "kinds", "--json")
    assert ran.status == 0, ran

    def get(block: str, suffix: str, name: str | None = None) -> Path:
        target = tmp_path / f"{block}{suffix}"
        named = ["--name", name] if name else []
        got = call("product", "get", "kinds", block, *named, "--output", str(target), "--json")
        assert got.status == 0, got
        assert got.document == {"output": str(target)}
        return target

    assert np.load(get("grid", ".npy")).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert get("plot", ".png", "fig").read_bytes().startswith(b"\x89PNG")
    assert pd.read_pickle(get("frame", ".pkl")).to_dict("list") == {"a": [1]}
    assert json.loads(get("frame", ".json").read_text())
    refused = call(
        "product", "get", "kinds", "frame", "--output", str(tmp_path / "a.png"), "--json"
    )
    assert "png" in refused.error["message"]
    assert not (tmp_path / "a.png").exists()
    types = {p["name"]: p["type"] for p in call("product", "list", "--json").document["products"]}
    assert (types["grid"], types["fig"], types["frame"]) == ("array", "figure", "frame")


def test_the_status_of_an_engine_that_is_not_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGE_JLAB_STATE_DIR", str(tmp_path / "elsewhere"))
    for command in ("status", "stop"):
        answer = call("engine", command, "--json")
        assert answer.status == 0
        assert (answer.document["state"], answer.document["pid"]) == ("stopped", None)
    assert call("engine", "logs", "--json").document == {"lines": []}
    assert not (tmp_path / "elsewhere").exists(), "asking makes nothing"
