"""What a block finds around it: the snapshot's code, the real folder, and a process as new."""

from __future__ import annotations

import os

import pytest

from mage_jlab.domain.attempt import OutcomeKind
from mage_jlab.domain.block import Language

HEAD = "@transformer\n"


def _give(workshop, body, before="", **options):
    """Run a block that returns what an expression gives, and load it."""
    source = f"{before}\n{HEAD}def f(**kwargs):\n    return {{'it': {body}}}\n"
    return workshop.load(workshop.good(source, **options)["output_0"])["it"]


def test_the_snapshot_and_its_parent_stand_first_on_the_path(workshop):
    path = _give(workshop, "sys.path[:2]", "import sys")
    assert path == [str(workshop.folder), str(workshop.folder.parent)]


@pytest.mark.parametrize(
    "line",
    [
        "from shop.utils.rates import RATE",
        "from utils.rates import RATE",
        "import shop.utils.rates; RATE = shop.utils.rates.RATE",
        "from shop.transformers.shared import RATE",
    ],
)
def test_imports_mean_the_snapshot_and_not_the_edited_project(workshop, line):
    for file in ("utils/rates.py", "transformers/shared.py"):
        workshop.write(file, "RATE = 3\n")
        real = workshop.place / file
        real.parent.mkdir(parents=True, exist_ok=True)
        real.write_text("RATE = 'edited since'\n")
    assert _give(workshop, "RATE", line) == 3


def test_files_are_read_and_written_in_the_real_folder(workshop):
    (workshop.place / "prices.csv").write_text("a\n1\n")
    body = "(open('prices.csv').read(), open('made.txt', 'w').write('x'), os.getcwd())"
    read, _, cwd = _give(workshop, body, "import os")
    assert (read, cwd) == ("a\n1\n", os.path.realpath(workshop.place))
    assert (workshop.place / "made.txt").read_text() == "x"
    assert not (workshop.folder / "made.txt").exists()


def test_the_setup_holds_for_each_block_and_for_its_worker_alone(workshop):
    workshop.write(
        "utils/sales_setup.py",
        "import warnings\nimport pandas as pd\nimport matplotlib\n"
        "pd.set_option('display.max_rows', 7)\nmatplotlib.rcParams['figure.dpi'] = 33\n"
        "warnings.filterwarnings('error', category=UserWarning)\n",
    )
    look = "[pd.get_option('display.max_rows'), matplotlib.rcParams['figure.dpi']]"
    before = "import pandas as pd, matplotlib, warnings"
    for _ in range(2):
        assert _give(workshop, look, before, setup="utils/sales_setup.py", key="set") == [7, 33]
    source = f"import warnings\n{HEAD}def f():\n    warnings.warn('now an error')\n"
    outcome = workshop.run(source, setup="utils/sales_setup.py", key="set")
    assert outcome.error.type == "UserWarning"
    assert _give(workshop, look, before, key="set") == [60, 100]


def test_a_setup_that_fails_is_named_with_its_file(workshop):
    workshop.write("utils/broken_setup.py", "x = 1\nraise ValueError('no such style')\n")
    outcome = workshop.run(HEAD + "def f():\n    return 1\n", setup="utils/broken_setup.py")
    assert outcome.kind is OutcomeKind.FAILED
    assert (outcome.error.type, outcome.error.message) == ("ValueError", "no such style")
    assert f'File "{workshop.place}/utils/broken_setup.py", line 2' in outcome.error.traceback


def test_a_function_cell_is_called_by_its_recorded_parameters(workshop):
    above = workshop.good(HEAD + "def f():\n    return {'a': 2, 'b': 3}\n", inputs={},
                          results=["a", "b"], name="up")  # fmt: skip
    out = workshop.good(
        "@transformer\ndef area(width, /, height, *, scale=1, **kwargs):\n"
        "    return width * 10 + height + scale + kwargs['extra']\n",
        inputs={"height": "up.b", "width": "up.a"},
        results=["area"],
        above={"up": list(above.values())},
        variables={"extra": 100},
    )
    assert workshop.load(out["area"]) == 124


def test_a_variable_never_hides_an_input_of_its_name(workshop):
    above = workshop.good(HEAD + "def f():\n    return 5\n", inputs={}, results=["market"])
    out = workshop.good(
        HEAD + "def f(**kwargs):\n    return kwargs['market']\n",
        inputs={"market": "up.market"},
        results=["seen"],
        above={"up": list(above.values())},
        variables={"market": "CA"},
    )
    assert workshop.load(out["seen"]) == 5


def test_top_level_await_runs_with_a_loop_of_its_own_each_time(workshop):
    source = (
        HEAD + "async def f(**kwargs):\n    import asyncio\n"
        "    got = await asyncio.gather(*(asyncio.sleep(0, n) for n in range(3)))\n"
        "    return {'got': got}\n"
    )
    for _ in range(2):
        out = workshop.good(source, inputs={}, results=["got"])
        assert workshop.load(out["got"]) == {"got": [0, 1, 2]}


def test_processes_of_a_pool_find_the_functions_of_the_block(workshop):
    before = (
        "from concurrent.futures import ProcessPoolExecutor\nimport multiprocessing\n\n"
        "def double(n):\n    return 2 * n\n\n"
        "def doubled():\n    context = multiprocessing.get_context('fork')\n"
        "    with ProcessPoolExecutor(2, mp_context=context) as pool:\n"
        "        return list(pool.map(double, [1, 2, 3]))\n"
    )
    assert _give(workshop, "doubled()", before, key="pool") == [2, 4, 6]


def test_the_main_part_of_a_file_does_not_run(workshop):
    assert _give(workshop, "1", "if __name__ == '__main__':\n    raise SystemExit(3)") == 1


def test_dataclasses_of_a_block_are_whole(workshop):
    before = (
        "from __future__ import annotations\nfrom dataclasses import dataclass, field\n\n"
        "@dataclass\nclass Price:\n    amount: int = 1\n"
        "    notes: list[str] = field(default_factory=list)\n"
    )
    assert _give(workshop, "repr(Price())", before) == "Price(amount=1, notes=[])"


def test_retries_and_schedules_are_told_to_the_block(workshop):
    body = (
        "[kwargs['retry'], kwargs['interval_start_datetime'].isoformat(),"
        " kwargs['interval_end_datetime'].isoformat(), kwargs['interval_seconds'],"
        " kwargs['trigger_name'], kwargs['env']]"
    )
    seen = _give(
        workshop,
        body,
        attempt=2,
        trigger="nightly",
        interval_start="2026-11-24T02:30:00Z",
        interval_end="2026-11-25T02:30:00Z",
    )
    assert seen == [
        {"attempts": 2},
        "2026-11-24T02:30:00+00:00",
        "2026-11-25T02:30:00+00:00",
        86400.0,
        "nightly",
        "prod",
    ]


def test_a_callback_for_failure_alone_stays_out_of_a_success(workshop, tmp_path):
    note = tmp_path / "note"
    source = f"@callback('failure')\ndef f(**kwargs):\n    open({str(note)!r}, 'w').close()\n"
    assert workshop.good(source, "callback") == {}
    assert not note.exists()


def test_a_language_that_is_not_built_is_named(workshop):
    task = workshop.task("{}", name="query")
    block = task.block.model_copy(update={"language": Language.MARKDOWN})
    task = task.model_copy(update={"block": block})
    workshop.executor.submit(task)
    outcome = workshop.outcomes.get(timeout=60)
    assert outcome.error.type == "UnknownLanguage"
    assert "query is written in markdown" in outcome.error.message


def test_a_module_beside_the_notebook_is_imported_as_it_is_now(workshop):
    source = "from beside import VALUE\n@transformer\ndef f(**kwargs):\n    return VALUE\n"
    for value in (1, 22):
        (workshop.place / "beside.py").write_text(f"VALUE = {value}\n")
        out = workshop.good(source, inputs={}, results=["value"])
        assert workshop.load(out["value"]) == value
