"""What a block is called with, what becomes of its value, and what it finds around it."""

from __future__ import annotations

import os
from pathlib import Path

from mage_jlab.domain.attempt import OutcomeKind

HEAD = """
if "transformer" not in globals():
    from mage_jlab import transformer


@transformer
"""


def test_recorded_inputs_are_bound_by_parameter(workshop):
    given = workshop.good(
        HEAD + "def f(**kwargs):\n    a, b = 1, 'x'\n    return {'a': a, 'b': b}\n",
        inputs={},
        results=["a", "b"],
        name="up",
    )
    out = workshop.good(
        HEAD + "def f(b, first, **kwargs):\n    return [b, first]\n",
        inputs={"first": "up.a", "b": "up.b"},
        results=["pair"],
        above={"up": list(given.values())},
    )
    assert workshop.load(out["pair"]) == ["x", 1]


def test_two_blocks_above_may_give_the_same_name(workshop):
    one = workshop.good(HEAD + "def f():\n    return 1\n", inputs={}, results=["df"])
    two = workshop.good(HEAD + "def f():\n    return 2\n", inputs={}, results=["df"])
    out = workshop.good(
        HEAD + "def f(x, y, **kwargs):\n    return x - y\n",
        inputs={"x": "two.df", "y": "one.df"},
        results=["d"],
        above={"one": list(one.values()), "two": list(two.values())},
    )
    assert workshop.load(out["d"]) == 1


def test_a_result_that_was_not_bound_is_unbound_below(workshop):
    above = workshop.good(
        HEAD
        + "def f(**kwargs):\n    a = 1\n    if not a:\n        b = 2\n"
        + "    return {k: v for k, v in locals().items() if k in {'a', 'b'}}\n",
        inputs={},
        results=["a", "b"],
        optional=["b"],
        name="maybe",
    )
    assert list(above) == ["a"]
    source = HEAD + "def f(a, b, **kwargs):\n    if a != 1:\n        a = b\n    return a\n"
    inputs = {"a": "maybe.a", "b": "maybe.b"}
    options = {"inputs": inputs, "results": ["a"], "above": {"maybe": list(above.values())}}
    assert workshop.load(workshop.good(source, **options)["a"]) == 1
    outcome = workshop.run(source.replace("!=", "=="), **options)
    assert outcome.error.type == "UnboundLocalError"
    assert "'b'" in outcome.error.message


def test_one_optional_result_comes_as_a_dict(workshop):
    source = HEAD + "def f():\n    return {k: 1 for k in ['x'] if %s}\n"
    options = {"inputs": {}, "results": ["x"], "optional": ["x"]}
    assert list(workshop.good(source % "True", **options)) == ["x"]
    assert list(workshop.good(source % "False", **options)) == []


def test_wrong_results_are_named(workshop):
    outcome = workshop.run(HEAD + "def f():\n    return 3\n", inputs={}, results=["a", "b"])
    assert outcome.kind is OutcomeKind.FAILED
    assert outcome.error.type == "WrongResults"
    assert "a, b" in outcome.error.message
    assert "int" in outcome.error.message


def test_by_position_lists_are_outputs_and_nothing_is_an_empty_list(workshop):
    one = workshop.good(HEAD + "def f():\n    return [5]\n")
    two = workshop.good(HEAD + "def f(*args, **kwargs):\n    return 1, 'b'\n")
    none = workshop.good(HEAD + "def f():\n    return None\n")
    assert list(one) == ["output_0"]
    assert list(two) == ["output_0", "output_1"]
    assert none == {}
    out = workshop.good(
        HEAD + "def f(a, b, c, **kwargs):\n    return {'seen': [a, b, c], 'df': df_2, 'n': one}\n",
        above={"one": list(one.values()), "two": list(two.values()), "none": []},
    )
    assert workshop.load(out["output_0"]) == {"seen": [5, [1, "b"], []], "df": [1, "b"], "n": 5}


def test_by_position_all_parameters_count(workshop):
    outcome = workshop.run(HEAD + "def f(word=None, **kwargs):\n    return word\n")
    assert outcome.error.type == "WrongArguments"
    assert "takes 1 input(s), and 0 block(s)" in outcome.error.message


def test_kwargs_say_what_the_run_is(workshop):
    out = workshop.good(
        HEAD
        + "def f(**kwargs):\n"
        + "    kwargs['logger'].warning('careful', rows=3)\n"
        + "    keep = ('market', 'ds', 'hr', 'interval_start_datetime', 'idempotency_key',\n"
        + "            'retry',\n"
        + "            'pipeline_uuid', 'block_uuid', 'configuration', 'trigger_name', 'env')\n"
        + "    assert kwargs['execution_date'].tzinfo is not None\n"
        + "    return {'kept': {k: kwargs[k] for k in keep}}\n",
        variables={"market": "CA", "ds": "hidden"},
        configuration={"limit": 3},
        inputs={},
        results=["kept"],
        name="told",
    )
    assert workshop.load(out["kept"])["kept"] == {
        "market": "CA",
        "ds": "2026-11-24",
        "hr": "02",
        "interval_start_datetime": None,
        "idempotency_key": "once",
        "retry": {"attempts": 1},
        "pipeline_uuid": "sales",
        "block_uuid": "told",
        "configuration": {"limit": 3},
        "trigger_name": None,
        "env": "dev",
    }
    line = workshop.log()[0]
    assert (line["level"], line["text"]) == ("warning", "careful rows=3")
    assert (line["block"], line["attempt"]) == ("told", 1)


def test_async_functions_and_generators(workshop):
    waited = workshop.good(
        HEAD + "async def f():\n    import asyncio\n    await asyncio.sleep(0)\n    return 4\n"
    )
    assert workshop.load(waited["output_0"]) == 4
    parts = workshop.good(HEAD + "def f():\n    yield 1\n    yield 2\n")
    assert workshop.load(parts["output_0"]) == [1, 2]


def test_an_unguarded_import_of_the_decorators_works(workshop):
    source = "from mage_jlab import transformer, test\n" + HEAD.split("\n\n\n")[1]
    out = workshop.good(source + "def f():\n    return 1\n\n@test\ndef t(x):\n    assert x == 1\n")
    assert workshop.load(out["output_0"]) == 1
    assert workshop.log()[-1]["text"] == "1/1 tests passed."


def test_a_failing_test_fails_the_block(workshop):
    outcome = workshop.run(
        HEAD
        + "def f():\n    return 1\n\n@test\ndef positive(x, **kw):\n    assert x > 1, 'small'\n"
    )
    assert outcome.kind is OutcomeKind.FAILED
    assert (outcome.error.type, outcome.error.message) == (
        "AssertionError",
        "positive: small",
    )
    assert [line["text"] for line in workshop.log()] == [
        "positive: AssertionError: small",
        "0/1 tests passed.",
    ]


def test_a_file_without_a_decorated_function_is_explained(workshop):
    outcome = workshop.run("def f():\n    return 1\n", name="bare")
    assert outcome.error.type == "NoFunction"
    assert outcome.error.message.startswith("bare.py has no function decorated with @transformer")


def test_the_snapshot_is_imported_and_the_setup_runs_before_each_block(workshop):
    workshop.write("utils/sales.py", "RATE = 3\n")
    workshop.write("utils/sales_setup.py", "import decimal\ndecimal.getcontext().prec = 5\n")
    source = "from shop.utils.sales import RATE\nfrom utils import sales\n" + HEAD
    body = "def f():\n    import decimal\n    p = decimal.getcontext().prec\n"
    for _ in range(2):
        out = workshop.good(
            source + body + "    decimal.getcontext().prec = 9\n    return {'r': [RATE, p]}\n",
            setup="utils/sales_setup.py",
        )
        assert workshop.load(out["output_0"]) == {"r": [3, 5]}


def test_what_a_block_changes_is_put_back(workshop):
    change = HEAD + (
        "def f():\n"
        "    import os, random, warnings, sys\n"
        "    import numpy as np, pandas as pd\n"
        "    import matplotlib; matplotlib.rcParams['figure.dpi'] = 33\n"
        "    os.environ['LEFT'] = 'x'; os.chdir('/'); sys.path.append('/left')\n"
        "    warnings.simplefilter('error'); random.seed(1); np.random.seed(1)\n"
        "    pd.set_option('display.max_rows', 7); np.set_printoptions(precision=2)\n"
        "    global leftover; leftover = 1\n"
        "    return os.getpid()\n"
    )
    look = HEAD + (
        "def f():\n"
        "    import os, random, warnings, sys\n"
        "    import numpy as np, pandas as pd, matplotlib\n"
        "    warnings.warn('only shown')\n"
        "    return {'cwd': os.getcwd(), 'left': os.environ.get('LEFT'), 'pid': os.getpid(),\n"
        "            'path': '/left' in sys.path, 'rows': pd.get_option('display.max_rows'),\n"
        "            'precision': np.get_printoptions()['precision'],\n"
        "            'global': 'leftover' in globals(),\n"
        "            'dpi': matplotlib.rcParams['figure.dpi'],\n"
        "            'draws': [random.random(), np.random.rand()]}\n"
    )
    pid = workshop.load(workshop.good(change)["output_0"])
    first = workshop.load(workshop.good(look)["output_0"])
    second = workshop.load(workshop.good(look)["output_0"])
    assert first["pid"] == second["pid"] == pid
    assert first["draws"][0] != second["draws"][0]
    assert first["draws"][1] != second["draws"][1]
    del first["draws"], first["pid"]
    assert first == {
        "cwd": os.path.realpath(workshop.place),
        "left": None,
        "path": False,
        "rows": 60,
        "precision": 8,
        "global": False,
        "dpi": 100.0,
    }


def test_private_variables_of_the_server_do_not_reach_blocks(workshop, monkeypatch):
    for name in ("MAGE_JLAB_STATE_DIR", "JUPYTERHUB_API_TOKEN", "JPY_PARENT_PID", "JUPYTER_TOKEN"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("KEPT", "1")
    out = workshop.good(
        HEAD + "def f():\n    import os\n    return {'e': dict(os.environ)}\n",
        key="another environment",
        environ={"FROM_KERNELSPEC": "yes"},
    )
    environ = workshop.load(out["output_0"])["e"]
    assert "secret" not in environ.values()
    assert (environ["KEPT"], environ["FROM_KERNELSPEC"]) == ("1", "yes")


def test_the_worker_leads_a_group_and_is_told_to(workshop):
    out = workshop.good(
        HEAD + "def f():\n    import os\n    return {'ids': [os.getpid(), os.getpgrp()]}\n"
    )
    pid, group = workshop.load(out["output_0"])["ids"]
    assert pid == group
    assert workshop.workers[-1][2:4] == (pid, pid)
    score = int(Path(f"/proc/{pid}/oom_score_adj").read_text())
    assert score > int(Path("/proc/self/oom_score_adj").read_text())


def test_a_callback_runs_for_its_state_and_shows_its_error(workshop, tmp_path):
    seen = tmp_path / "seen"
    source = f"""
        import pathlib
        @callback("failure")
        def failed(**kwargs):
            pathlib.Path({str(seen)!r}).write_text("failure")
        @callback("success")
        def done(value, **kwargs):
            pathlib.Path({str(seen)!r}).write_text(f"{{value}} {{kwargs['pipeline_uuid']}}")
            raise ValueError("not so important")
        """
    above = workshop.good(HEAD + "def f():\n    return 3\n")
    outcome = workshop.run(source, "callback", above={"up": list(above.values())})
    assert (outcome.error.type, outcome.error.message) == ("ValueError", "not so important")
    assert seen.read_text() == "3 sales"
    bare = "@callback\ndef told():\n    print('told')\n"
    assert workshop.good(bare, "callback", above={"up": list(above.values())}) == {}
    assert workshop.log()[-1]["text"] == "told"


def test_limits_signals_and_alarms_of_a_block_end_with_it(workshop):
    change = HEAD + (
        "def f():\n"
        "    import decimal, os, resource, signal\n"
        "    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    signal.signal(signal.SIGALRM, lambda *_: 1 / 0)\n"
        "    signal.alarm(1)\n"
        "    decimal.getcontext().prec = 3\n"
        "    return os.getpid()\n"
    )
    look = HEAD + (
        "def f():\n"
        "    import decimal, os, resource, signal, time\n"
        "    time.sleep(1.2)\n"
        "    open('large', 'w').write('x' * 2000)\n"
        "    return {'pid': os.getpid(), 'prec': decimal.getcontext().prec,\n"
        "            'term': signal.getsignal(signal.SIGTERM) == signal.SIG_IGN}\n"
    )
    pid = workshop.load(workshop.good(change)["output_0"])
    seen = workshop.load(workshop.good(look)["output_0"])
    assert seen == {"pid": pid, "prec": 28, "term": False}
