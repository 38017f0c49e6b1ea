"""The meaning of a block's text, line by line (mage-format §4.1 to §4.4 and §4.7).

Each case names the section it stands for. ``above`` are the values that blocks above give.
"""

from __future__ import annotations

from typing import Any

import pytest

from mage_jlab.domain.attempt import Guarded, OutcomeKind

HEAD = "@transformer\ndef f({signature}):\n    return {{'it': {body}}}\n"


def _seen(workshop: Any, signature: str, body: str, above: list[str], **options: Any) -> Any:
    given = {
        f"up{n}": list(workshop.good(f"@transformer\ndef f():\n    return {value}\n").values())
        for n, value in enumerate(above)
    }
    source = HEAD.format(signature=signature, body=body)
    outcome = workshop.run(source, above=given, **options)
    assert outcome.kind is OutcomeKind.SUCCESS, outcome.error
    return workshop.load(outcome.products[0])["it"]


@pytest.mark.parametrize(
    ("section", "body", "seen"),
    [
        ("4.1 each decorator is there", "all(n in globals() for n in NAMES)", True),
        ("4.1 upstream by its name", "up0 + up1", 3),
        ("4.1 upstream as df_1, df_2", "[df_1, df_2]", [1, 2]),
        ("4.1 keywords are no globals", "'market' in globals()", False),
        ("4.1 nothing of another block", "[n for n in globals() if n.startswith('block')]", []),
    ],
)
def test_what_stands_in_the_globals(workshop: Any, section: str, body: str, seen: Any) -> None:
    names = "('data_loader', 'transformer', 'data_exporter', 'sensor', 'custom', 'test', 'chart')"
    body = body.replace("NAMES", names)
    assert _seen(workshop, "*args", body, ["1", "2"], variables={"market": "CA"}) == seen, section


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("4.1 guarded import",
         "if 'transformer' not in globals():\n    from mage_jlab import transformer"),
        ("4.1 unguarded import is accepted", "from mage_jlab import transformer, test"),
        ("4.1 import under another name", "from mage_jlab import transformer as transformer"),
        ("4.1 through the module", "import mage_jlab"),
    ],
)  # fmt: skip
def test_how_decorators_are_imported(workshop: Any, section: str, line: str) -> None:
    mark = "mage_jlab.transformer" if section.endswith("module") else "transformer"
    out = workshop.good(f"{line}\n\n@{mark}\ndef f():\n    return 4\n")
    assert workshop.load(out["output_0"]) == 4, section


@pytest.mark.parametrize(
    ("section", "type_"),
    [
        (f"4.1 no decorated function in a {type_}", type_)
        for type_ in ("data_loader", "transformer", "data_exporter", "custom", "sensor")
    ],
)
def test_a_file_without_its_decorator_says_so(workshop: Any, section: str, type_: str) -> None:
    outcome = workshop.run("def f():\n    return 1\n", type_)
    assert outcome.error.type == "NoFunction", section
    assert f"@{type_}" in outcome.error.message


@pytest.mark.parametrize(
    ("section", "signature", "body", "seen"),
    [
        ("4.2 one parameter a block above", "a, b", "[a, b]", [1, 2]),
        ("4.2 all by *args", "*args", "list(args)", [1, 2]),
        ("4.2 the rest by *args", "a, *args", "[a, list(args)]", [1, [2]]),
        ("4.2 fewer parameters with **kwargs", "a, **kwargs", "a", 1),
        ("4.2 none with **kwargs", "**kwargs", "'market' in kwargs", True),
        ("4.2 a default counts as an input", "a, b=9", "b", 2),
        ("4.2 a keyword-only counts as an input", "a, *, b", "b", 2),
        ("4.2 no keywords without **kwargs", "a, b", "'kwargs' in dir()", False),
        ("4.2 positional only", "a, b, /", "[a, b]", [1, 2]),
        ("4.2 an input wins over a variable", "a, market, **kwargs", "market", 2),
    ],
)
def test_how_a_block_is_called(
    workshop: Any, section: str, signature: str, body: str, seen: Any
) -> None:
    given = {"variables": {"market": "CA"}}
    assert _seen(workshop, signature, body, ["1", "2"], **given) == seen, section


@pytest.mark.parametrize(
    ("section", "signature", "above"),
    [
        ("4.2 too many parameters", "a, b", 1),
        ("4.2 a default is one too many", "word=None, **kwargs", 0),
        ("4.2 too few parameters", "a", 2),
        ("4.2 none at all", "", 1),
        ("4.2 keyword-only is one too many", "*, a", 0),
    ],
)
def test_another_number_of_inputs_is_refused(
    workshop: Any, section: str, signature: str, above: int
) -> None:
    given = {f"up{n}": list(workshop.good("@custom\ndef f():\n    return 1\n", "custom").values())
             for n in range(above)}  # fmt: skip
    source = HEAD.format(signature=signature, body="1")
    outcome = workshop.run(source, above=given)
    assert outcome.error.type == "WrongArguments", section
    assert f"and {above} block(s)" in outcome.error.message


WHEN = {
    "interval_start": "2026-11-24T02:30:00Z",
    "interval_end": "2026-11-25T02:30:00Z",
    "trigger": "nightly",
    "attempt": 2,
    "item": "ca",
    "index": 3,
    "variables": {"market": "CA", "limit": 3, "rates": {"a": 1.5}, "on": True, "none": None},
}


@pytest.mark.parametrize(
    ("section", "body", "seen"),
    [
        ("4.3 text variable", "kwargs['market']", "CA"),
        ("4.3 number variable", "kwargs['limit'] + 1", 4),
        ("4.3 nested variable", "kwargs['rates']['a']", 1.5),
        ("4.3 truth variable", "kwargs['on']", True),
        ("4.3 empty variable", "kwargs['none']", None),
        ("4.3 execution_date is aware", "str(kwargs['execution_date'])[10:]", " 02:30:00+00:00"),
        ("4.3 ds", "kwargs['ds']", "2026-11-24"),
        ("4.3 hr", "kwargs['hr']", "02"),
        ("4.3 interval start", "kwargs['interval_start_datetime'].day", 24),
        ("4.3 interval end", "kwargs['interval_end_datetime'].day", 25),
        ("4.3 interval length", "kwargs['interval_seconds']", 86400.0),
        ("4.3 interval before", "kwargs['interval_start_datetime_previous'].day", 23),
        ("4.3 env of a trigger", "kwargs['env']", "prod"),
        ("4.3 event", "kwargs['event']", {}),
        ("4.3 partition", "kwargs['execution_partition']", "sales/20261124T023000_000000"),
        ("4.3 number of the run", "kwargs['pipeline_run_id']", 7),
        ("4.3 trigger", "kwargs['trigger_name']", "nightly"),
        ("4.3 pipeline", "kwargs['pipeline_uuid']", "sales"),
        ("4.3 block", "kwargs['block_uuid']", "me"),
        ("4.3 configuration", "kwargs['configuration']", {"a": [1]}),
        ("4.3 context", "kwargs['context']", {}),
        ("4.3 logger", "kwargs['logger'].info('said', rows=3)", None),
        ("4.3 retry", "kwargs['retry']", {"attempts": 2}),
        ("4.3 place of an item", "kwargs['dynamic_block_index']", 3),
        ("idempotency key", "kwargs['idempotency_key']", "once"),
    ],
)  # fmt: skip
def test_what_the_keywords_say(workshop: Any, section: str, body: str, seen: Any) -> None:
    options = {**WHEN, "name": "me", "configuration": {"a": [1]}}
    assert _seen(workshop, "**kwargs", body, [], **options) == seen, section


@pytest.mark.parametrize(
    ("section", "returned", "received"),
    [
        ("4.4 nothing", "None", []),
        ("4.4 empty list", "[]", []),
        ("4.4 one in a list is itself", "['a']", "a"),
        ("4.4 a tuple is a list", "('a', 2)", ["a", 2]),
        ("4.4 nested lists", "[[1], [2, 3]]", [[1], [2, 3]]),
        ("4.4 None among others stays", "[None, 1]", [None, 1]),
        ("4.4 zero", "0", 0),
        ("4.4 False", "False", False),
        ("4.4 empty text", "''", ""),
        ("4.4 empty dict", "{}", {}),
        ("4.4 whole-number keys stay (Mage: text)", "{1: 2}", {1: 2}),
        ("4.4 set stays a set (Mage: list)", "{1, 2}", {1, 2}),
        ("4.4 bytes stay bytes (Mage: text)", "b'x'", b"x"),
        ("4.4 decimal", "__import__('decimal').Decimal('1.10')", None),
        ("4.4 date", "__import__('datetime').date(2026, 1, 2)", None),
        ("4.4 complex", "1 + 2j", 1 + 2j),
        ("4.4 a long list is the same list", "list(range(500))", list(range(500))),
        ("4.4 generator is a list (Mage: lost)", "(n * n for n in range(4))", [0, 1, 4, 9]),
    ],
)
def test_what_the_block_below_receives(
    workshop: Any, section: str, returned: str, received: Any
) -> None:
    seen = _seen(workshop, "x", "x", [returned])
    # where the table gives none, it is what the expression itself gives
    expected = eval(returned) if received is None and returned != "None" else received
    assert seen == expected, section
    assert type(seen) is type(expected), section


@pytest.mark.parametrize(
    ("section", "returned", "body", "seen"),
    [
        ("4.4 array (Mage: lost)", "np.arange(3)", "[type(x).__name__, x.sum()]", ["ndarray", 3]),
        ("4.4 frame", "pd.DataFrame({'a': [1]})", "list(x.columns)", ["a"]),
        ("4.4 list of frames", "[pd.DataFrame({'a': [1]})] * 2", "len(x)", 2),
        ("4.4 dict with a frame", "{'f': pd.DataFrame({'a': [1]})}", "x['f'].shape", (1, 1)),
        ("4.4 series", "pd.Series([1], name='s')", "x.name", "s"),
        ("4.4 categories stay (Mage: object)", "pd.DataFrame({'c': pd.Categorical(['a'])})",
         "str(x['c'].dtype)", "category"),
        ("4.4 whole-number columns stay (Mage: text)", "pd.DataFrame([[1, 2]])", "list(x.columns)",
         [0, 1]),
        ("4.4 columns of one name (Mage: fails)", "pd.DataFrame([[1, 2]], columns=['a', 'a'])",
         "list(x.columns)", ["a", "a"]),
        ("4.4 mixed column stays (Mage: text)", "pd.DataFrame({'m': [1, 'a']})", "list(x['m'])",
         [1, "a"]),
        ("4.4 NaN stays (Mage: None)", "float('nan')", "x != x", True),
        ("4.4 own class (Mage: child fails)", "Price()", "x.n", 3),
        ("4.4 lambda (Mage: child fails)", "lambda n: n + 1", "x(1)", 2),
    ],
)  # fmt: skip
def test_what_mage_loses_arrives(
    workshop: Any, section: str, returned: str, body: str, seen: Any
) -> None:
    source = (
        "import numpy as np, pandas as pd\n\nclass Price:\n    n = 3\n\n"
        f"@transformer\ndef f():\n    return {returned}\n"
    )
    above = {"up": list(workshop.good(source).values())}
    below = HEAD.format(signature="x", body=body)
    out = workshop.good(below, above=above)
    assert workshop.load(out["output_0"])["it"] == seen, section


@pytest.mark.parametrize(
    ("section", "body", "kind", "words"),
    [
        ("lock", "import threading\n    return threading.Lock()", "CannotStore", "lock"),
        ("socket", "import socket\n    return socket.socket()", "CannotStore", "socket"),
        ("connection", "import sqlite3\n    return sqlite3.connect(':memory:')", "CannotStore",
         "Connection"),
        ("endless generator", "return iter_for_ever()", "EndlessGenerator", "1,000,000 values"),
        ("endless async generator", "return wait_for_ever()", "EndlessGenerator", "did not end"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said(
    workshop: Any, section: str, body: str, kind: str, words: str
) -> None:
    source = (
        "def iter_for_ever():\n    while True:\n        yield 1\n\n"
        "async def wait_for_ever():\n    while True:\n        yield 1\n\n"
        f"@transformer\ndef f():\n    {body}\n"
    )
    outcome = workshop.run(source)
    assert (outcome.kind, outcome.error.type) == (OutcomeKind.FAILED, kind), section
    assert words in outcome.error.message


def test_a_function_that_returns_itself_arrives_as_a_function(workshop: Any) -> None:
    given = list(workshop.good("@transformer\ndef me():\n    return me\n").values())
    out = workshop.good(HEAD.format(signature="x", body="x.__name__"), above={"up": given})
    assert workshop.load(out["output_0"])["it"] == "me"


@pytest.mark.parametrize(
    ("section", "test", "error"),
    [
        ("4.7 passes", "assert x == 3", None),
        ("4.7 fails and is named", "assert x == 4, 'not four'", "checks: not four"),
        ("4.7 any error counts", "raise KeyError('a')", "checks: 'a'"),
        ("4.7 keywords", "assert kwargs['market'] == 'CA'", None),
    ],
)
def test_tests_of_a_block(workshop: Any, section: str, test: str, error: str | None) -> None:
    source = (
        "@transformer\ndef f():\n    return 3\n\n"
        f"@test\ndef checks(x, *args, **kwargs):\n    {test}\n"
    )
    outcome = workshop.run(source, variables={"market": "CA"})
    assert (outcome.error.message if outcome.error else None) == error, section
    assert workshop.log()[-1]["text"] == f"{int(error is None)}/1 tests passed."


@pytest.mark.parametrize(
    ("section", "state", "called"),
    [
        ("4.6 success", "success", ["ok", "plain"]),
        ("4.6 failure", "failed", ["bad"]),
        ("4.6 needs attention is a failure", "needs_attention", ["bad"]),
        ("4.6 cancelled", "cancelled", ["gone"]),
    ],
)
def test_which_callbacks_are_called(
    workshop: Any, section: str, state: str, called: list[str]
) -> None:
    source = (
        "@callback('success')\ndef ok(**kwargs):\n    print('ok')\n\n"
        "@callback('failure')\ndef bad(**kwargs):\n    print('bad')\n\n"
        "@callback('cancelled')\ndef gone(**kwargs):\n    print('gone')\n\n"
        "@callback\ndef plain():\n    print('plain')\n"
    )
    guarded = Guarded(block="up", state=state)
    workshop.good(source, "callback", guarded=guarded, above={"up": []})
    assert [line["text"] for line in workshop.log()] == called, section
