"""Blocks without a record, written by hand or by Mage AI: how they are called and read."""

from __future__ import annotations

import math

import pytest

from mage_jlab.domain.attempt import OutcomeKind

HEAD = "@transformer\n"


def _outputs(workshop, value, before=""):
    """Run a block that returns what an expression gives; gives its products in order."""
    return list(workshop.good(f"{before}\n{HEAD}def f():\n    return {value}\n").values())


def _seen(workshop, signature, body, **above):
    """Run a block below others and load what it returned."""
    source = f"{HEAD}def f({signature}):\n    return {{'seen': {body}}}\n"
    return workshop.load(workshop.good(source, above=above)["output_0"])["seen"]


@pytest.mark.parametrize(
    ("value", "received"),
    [
        ("None", []),
        ("[]", []),
        ("[5]", 5),
        ("(1, 2)", [1, 2]),
        ("[None, 1]", [None, 1]),
        ("0", 0),
        ("False", False),
        ("''", ""),
        ("{}", {}),
        ("{1: 'a'}", {1: "a"}),
        ("{'x', 'y'}", {"x", "y"}),
        ("b'raw'", b"raw"),
        ("[[1, 2]]", [1, 2]),
        ("[[1], [2]]", [[1], [2]]),
    ],
)
def test_what_a_block_below_receives(workshop, value, received):
    seen = _seen(workshop, "x", "x", up=_outputs(workshop, value))
    assert seen == received
    assert type(seen) is type(received)


def test_values_that_mage_loses_keep_their_own(workshop):
    given = _outputs(workshop, "np.arange(3), float('nan'), pd.DataFrame({'a': [1]}), {'f': 2}",
                     "import numpy as np, pandas as pd")  # fmt: skip
    body = "[type(one).__name__ for one in x] + [x[0].tolist(), x[1], x[2]['a'].tolist()]"
    seen = _seen(workshop, "x", body, up=given)
    assert seen[:4] == ["ndarray", "float", "DataFrame", "dict"]
    assert (seen[4], seen[6]) == ([0, 1, 2], [1])
    assert math.isnan(seen[5])


def test_an_instance_of_a_class_of_the_block_reaches_the_block_below(workshop):
    before = "class Price:\n    def __init__(self, n):\n        self.n = n\n"
    assert _seen(workshop, "price", "price.n + 1", up=_outputs(workshop, "Price(2)", before)) == 3


@pytest.mark.parametrize(
    ("signature", "body", "seen"),
    [
        ("a, b", "[a, b]", [1, 2]),
        ("*args", "list(args)", [1, 2]),
        ("a, *rest", "[a, list(rest)]", [1, [2]]),
        ("*args, **kwargs", "[len(args), kwargs['market']]", [2, "CA"]),
        ("a, **kwargs", "[a, kwargs['market'], df_2]", [1, "CA", 2]),
        ("**kwargs", "[df_1, df_2, one, two]", [1, 2, 1, 2]),
        ("a, *, b, **kwargs", "[a, b]", [1, 2]),
        ("a, b=7, **kwargs", "[a, b]", [1, 2]),
        ("a, market, **kwargs", "[a, market]", [1, 2]),
    ],
)
def test_how_inputs_are_passed(workshop, signature, body, seen):
    one, two = _outputs(workshop, "1"), _outputs(workshop, "2")
    source = f"{HEAD}def f({signature}):\n    return {{'seen': {body}}}\n"
    out = workshop.good(source, above={"one": one, "two": two}, variables={"market": "CA"})
    assert workshop.load(out["output_0"])["seen"] == seen


@pytest.mark.parametrize("signature", ["a", "a, b, c", "a, b, c=3", "a, b, *, c"])
def test_another_number_of_inputs_is_named(workshop, signature):
    one, two = _outputs(workshop, "1"), _outputs(workshop, "2")
    source = f"{HEAD}def join({signature}):\n    return a\n"
    outcome = workshop.run(source, above={"one": one, "two": two}, name="joined")
    assert outcome.kind is OutcomeKind.FAILED
    assert outcome.error.type == "WrongArguments"
    wanted = len(signature.replace("*, ", "").split(","))
    assert f"join of joined takes {wanted} input(s), and 2 block(s)" in outcome.error.message


def test_the_first_decorated_function_is_the_block(workshop):
    out = workshop.good(
        HEAD + "def first():\n    return 'first'\n\n" + HEAD + "def second():\n    1 / 0\n"
    )
    assert workshop.load(out["output_0"]) == "first"


def test_a_preprocesser_runs_before_with_the_same_inputs(workshop):
    source = (
        "seen = []\n"
        "@preprocesser\ndef before(x, **kwargs):\n    seen.append((x, kwargs['market']))\n"
        + HEAD
        + "def f(x):\n    return {'seen': seen, 'x': x}\n"
    )
    above = {"up": _outputs(workshop, "4")}
    out = workshop.good(source, above=above, variables={"market": "CA"})
    assert workshop.load(out["output_0"]) == {"seen": [(4, "CA")], "x": 4}


def test_a_decorator_may_be_called(workshop):
    out = workshop.good("@transformer()\ndef f():\n    return 1\n")
    assert workshop.load(out["output_0"]) == 1


@pytest.mark.parametrize(
    ("signature", "seen"),
    [("", "[]"), ("**kwargs", "[kwargs['market']]"), ("*args, **kwargs", "[*args, 'CA']")],
)
def test_how_a_sensor_is_called(workshop, tmp_path, signature, seen):
    note = tmp_path / "note"
    source = (
        "import pathlib\n"
        f"@sensor\ndef ready({signature}):\n"
        f"    pathlib.Path({str(note)!r}).write_text(repr({seen}))\n    return True\n"
    )
    workshop.good(
        source, "sensor", above={"up": _outputs(workshop, "8")}, variables={"market": "CA"}
    )
    assert note.read_text() == {"": "[]", "**kwargs": "['CA']"}.get(signature, "[8, 'CA']")


def test_all_conditions_of_a_file_must_hold_on_the_inputs_of_the_guarded_block(workshop):
    source = (
        "@condition\ndef enough(x, **kwargs):\n    return x > kwargs['least']\n\n"
        "@condition\ndef even(x):\n    return x % 2 == 0\n"
    )
    for value, least, holds in ((4, 3, True), (4, 5, False), (5, 3, False)):
        above = {"up": _outputs(workshop, str(value))}
        outcome = workshop.run(source, "conditional", above=above, variables={"least": least})
        assert outcome.kind is OutcomeKind.SUCCESS
        assert outcome.condition is holds


def test_a_file_of_conditions_without_any_is_explained(workshop):
    outcome = workshop.run("def c():\n    return True\n", "conditional", name="guard")
    assert outcome.error.type == "NoFunction"
    assert "@condition" in outcome.error.message


def test_a_guard_is_no_input_of_the_block_that_it_guards(workshop):
    task = workshop.task(HEAD + "def f(x):\n    return x\n", above={"up": _outputs(workshop, "4")})
    guarded = task.block.model_copy(update={"guards": ["only_if"]})
    guard = task.inputs[0].model_copy(update={"block": "only_if", "products": []})
    task = task.model_copy(update={"block": guarded, "inputs": [*task.inputs, guard]})
    workshop.executor.submit(task)
    outcome = workshop.outcomes.get(timeout=60)
    assert outcome.kind is OutcomeKind.SUCCESS, outcome.error
    assert workshop.load(outcome.products[0]) == 4


def test_tests_see_all_outputs_and_the_keywords_and_all_of_them_run(workshop):
    source = (
        HEAD + "def f():\n    return 1, 'b'\n\n"
        "@test\ndef types(one, two, *rest):\n    assert (one, two, rest) == (1, 'b', ())\n\n"
        "@test\ndef fails(*outputs, **kwargs):\n    assert kwargs['market'] == 'NY', 'not NY'\n\n"
        "@test\nasync def waits(*outputs):\n    assert len(outputs) == 2\n"
    )
    outcome = workshop.run(source, variables={"market": "CA"})
    assert (outcome.error.type, outcome.error.message) == ("AssertionError", "fails: not NY")
    texts = [line["text"] for line in workshop.log()]
    assert texts == ["fails: AssertionError: not NY", "2/3 tests passed."]
    assert workshop.good(source, variables={"market": "NY"}).keys() == {"output_0", "output_1"}
