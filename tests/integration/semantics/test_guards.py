"""Callbacks and conditionals (mage-format §4.6): who is called, with what, and what is skipped."""

from __future__ import annotations

import pytest

from .conftest import Stage

NOTE = "open(NOTES, 'a').write(repr({what}) + chr(10))"


def _note(what: str) -> str:
    return NOTE.format(what=what)


def _guarded(stage: Stage, pipeline: str, body: str, callback: str, above: str = "") -> None:
    """Write a pipeline of one block with a callback, and a block below it."""
    stage.write(
        pipeline,
        {
            f"{pipeline}_load": ("data_loader", body, []),
            f"{pipeline}_below": ("transformer", "return args[0]", [f"{pipeline}_load"]),
            f"{pipeline}_told": ("callback", callback, [f"{pipeline}_load"]),
        },
    )


def test_success_is_called_with_the_output_and_the_run(stage: Stage) -> None:
    told = (
        "@callback('success')\ndef ok(value, **kwargs):\n    "
        + _note("[value, kwargs['parent_block_uuid'], kwargs['pipeline_run'].status, "
                "kwargs.get('__error')]")
        + "\n@callback('failure')\ndef bad(value, **kwargs):\n    "
        + _note("'never'")
    )  # fmt: skip
    _guarded(stage, "good", "return 1, 2", told)
    ran = stage.run("good")
    assert ran.state == "success"
    assert stage.noted() == ["[[1, 2], 'good_load', 'running', None]"]


def test_failure_is_called_with_the_error_after_the_last_try(stage: Stage) -> None:
    told = (
        "@callback('failure')\ndef bad(value, **kwargs):\n    error = kwargs['__error']\n    "
        + _note("[value, isinstance(error, Exception), error.type, str(error), "
                "kwargs['pipeline_run'].status]")
    )  # fmt: skip
    _guarded(stage, "bad", "raise KeyError('amount')", told)
    ran = stage.run("bad")
    assert ran.state == "failed"
    assert ran.states == {
        "bad_load": "failed", "bad_below": "upstream_failed", "bad_told": "success",
    }  # fmt: skip
    assert stage.noted() == ["[[], True, 'KeyError', \"KeyError: 'amount'\", 'failed']"]


def test_a_worker_that_dies_is_a_failure_too(stage: Stage) -> None:
    told = "@callback('failure')\ndef bad(**kwargs):\n    " + _note("kwargs['__error'].type")
    _guarded(stage, "dies", "import os\nos._exit(3)", told)
    assert stage.run("dies").state == "failed"
    assert stage.noted() == ["'WorkerExited'"]


@pytest.mark.parametrize(
    ("source", "noted"),
    [
        ("@callback\ndef bare():\n    {note}", "'called'"),
        ("@on_success\ndef old(**kwargs):\n    {note}", "'called'"),
        ("@callback('success')\ndef none():\n    {note}", "'called'"),
        (
            "@callback('success')\ndef words(**kwargs):\n    "
            + _note("kwargs['__input']").replace("{", "{{").replace("}", "}}"),
            "5",
        ),
        ("@callback('success')\ndef one(*args):\n    " + _note("args"), "(5,)"),
    ],
)
def test_how_a_callback_may_be_written(stage: Stage, source: str, noted: str) -> None:
    _guarded(stage, "forms", "return 5", source.replace("{note}", _note("'called'")))
    ran = stage.run("forms")
    assert ran.states["forms_told"] == "success", ran.word
    assert stage.noted() == [noted.replace("{{", "{")]


def test_old_names_for_failure_are_called(stage: Stage) -> None:
    _guarded(stage, "olds", "1 / 0", "@on_failure\ndef old(**kwargs):\n    " + _note("'old'"))
    stage.run("olds")
    assert stage.noted() == ["'old'"]


def test_all_functions_of_a_file_for_a_state_are_called(stage: Stage) -> None:
    told = "".join(
        f"@callback('success')\ndef {name}(**kwargs):\n    {_note(repr(name))}\n\n"
        for name in ("one", "two")
    )
    _guarded(stage, "twice", "return 1", told)
    stage.run("twice")
    assert stage.noted() == ["'one'", "'two'"]


def test_an_error_in_a_callback_is_its_own_and_changes_no_run(stage: Stage) -> None:
    _guarded(stage, "errs", "return 1", "@callback\ndef c(**kwargs):\n    raise OSError('mail')")
    ran = stage.run("errs")
    assert ran.state == "success"
    assert ran.states["errs_told"] == "failed"
    assert ran.error("errs_told") == ("OSError", "mail")


def test_one_callback_of_several_blocks_is_called_for_each(stage: Stage) -> None:
    told = "@callback('success')\ndef c(value, **kwargs):\n    " + _note(
        "[kwargs['parent_block_uuid'], value]"
    )
    stage.write(
        "many",
        {
            "many_a": ("data_loader", "return 1", []),
            "many_b": ("data_loader", "return 2", []),
            "many_c": ("data_loader", "return 1 / 0", []),
            "many_told": ("callback", told, ["many_a", "many_b", "many_c"]),
        },
    )
    ran = stage.run("many")
    assert sorted(stage.noted()) == ["['many_a', 1]", "['many_b', 2]"]
    assert {s: v for s, v in ran.states.items() if "told" in s} == {
        "many_told:many_a": "success", "many_told:many_b": "success",
        "many_told:many_c": "success",
    }  # fmt: skip


def test_a_callback_of_a_dynamic_child_is_called_once_for_each_item(stage: Stage) -> None:
    told = (
        "@callback('success')\ndef ok(value, **kwargs):\n    " + _note("value")
        + "\n@callback('failure')\ndef bad(value, **kwargs):\n    "
        + _note("str(kwargs['__error'])")
    )  # fmt: skip
    stage.write(
        "items",
        {
            "items_source": ("data_loader", "return [[1, 0, 2]]", []),
            "items_each": ("transformer", "return 6 // args[0]", ["items_source"]),
            "items_told": ("callback", told, ["items_each"]),
        },
        {"items_source": {"configuration": {"dynamic": True}}},
    )
    ran = stage.run("items")
    assert sorted(stage.noted()) == [
        "'ZeroDivisionError: integer division or modulo by zero'", "3", "6",
    ]  # fmt: skip
    assert ran.states["items_told:items_each:1"] == "success"


def test_cancelled_is_called_for_what_was_running(stage: Stage) -> None:
    told = "@callback('cancelled')\ndef c(**kwargs):\n    " + _note("kwargs['parent_block_uuid']")
    stage.write(
        "stop",
        {
            "stop_a": ("data_loader", "import time\ntime.sleep(60)", []),
            "stop_b": ("transformer", "return 1", ["stop_a"]),
            "stop_told": ("callback", told, ["stop_a", "stop_b"]),
        },
    )
    run = stage.services.runs.start(stage.project, "stop").id
    stage.until(run, lambda word: word.block_runs[0].worker_pid is not None)
    stage.services.runs.cancel(run)
    word = stage.services.runs.wait(run, 20)
    assert word.state == "cancelled"
    assert stage.noted() == ["'stop_a'"]


def test_a_retry_calls_the_callback_again_for_the_new_end(stage: Stage) -> None:
    flag = stage.notes.with_name("mended")
    told = (
        "@callback('success')\ndef ok(**kwargs):\n    " + _note("'ok'")
        + "\n@callback('failure')\ndef bad(**kwargs):\n    " + _note("'bad'")
    )  # fmt: skip
    body = f"import os\nassert os.path.exists({str(flag)!r})\nreturn 1"
    _guarded(stage, "mend", body, told)
    ran = stage.run("mend")
    assert stage.noted() == ["'bad'"]
    flag.touch()
    stage.services.runs.retry(ran.id)
    assert stage.services.runs.wait(ran.id, 20).state == "success"
    assert stage.noted() == ["'ok'"]


def _conditional(
    stage: Stage, pipeline: str, conditions: dict[str, str], **run: object
) -> dict[str, str]:
    stage.write(
        pipeline,
        {
            f"{pipeline}_load": ("data_loader", "return 4", []),
            f"{pipeline}_other": ("data_loader", "return 5", []),
            f"{pipeline}_clean": ("transformer", "return args[0]", [f"{pipeline}_load"]),
            f"{pipeline}_both": (
                "transformer", "return sum(args)", [f"{pipeline}_clean", f"{pipeline}_other"],
            ),
            **{
                f"{pipeline}_{name}": ("conditional", source, [f"{pipeline}_clean"])
                for name, source in conditions.items()
            },
        },
    )  # fmt: skip
    ran = stage.run(pipeline)
    own = {name.removeprefix(f"{pipeline}_"): state for name, state in ran.states.items()}
    return {**own, "run": ran.state}


ALL_WELL = {"clean": "success", "both": "success", "run": "success"}
SKIPPED = {"clean": "condition_false", "both": "condition_false", "run": "success"}
FAILED = {"clean": "upstream_failed", "both": "upstream_failed", "run": "failed"}


@pytest.mark.parametrize(
    ("conditions", "ends"),
    [
        ({"a": "return args[0] == 4"}, ALL_WELL),
        ({"a": "return args[0] == 5"}, SKIPPED),
        ({"a": "return 0"}, SKIPPED),
        ({"a": "return None"}, SKIPPED),
        ({"a": "return 'yes'"}, ALL_WELL),
        ({"a": "return True", "b": "return True"}, ALL_WELL),
        ({"a": "return True", "b": "return False"}, SKIPPED),
        ({"a": "return False", "b": "return False"}, SKIPPED),
        ({"a": "@condition\ndef x(v):\n    return True\n\n"
               "@condition\ndef y(v):\n    return False"}, SKIPPED),
        ({"a": "@condition\nasync def x(v):\n    return v > 3"}, ALL_WELL),
        ({"a": "return kwargs['parent_block_uuid'].endswith('_clean')"}, ALL_WELL),
        ({"a": "return kwargs['pipeline_run'].id > 0"}, ALL_WELL),
        ({"a": "return 1 / 0"}, FAILED),
        ({"a": "return False", "b": "return 1 / 0"}, {"run": "failed"}),
    ],
)  # fmt: skip
def test_what_conditionals_decide(
    stage: Stage, conditions: dict[str, str], ends: dict[str, str]
) -> None:
    found = _conditional(stage, "cond", conditions)
    assert {name: found[name] for name in ends} == ends
    assert found["load"] == found["other"] == "success"


def test_a_conditional_is_asked_for_each_item_and_the_others_go_on(stage: Stage) -> None:
    stage.write(
        "each",
        {
            "each_source": ("data_loader", "return [[1, 2, 3]]", []),
            "each_work": ("transformer", "return args[0]", ["each_source"]),
            "each_below": ("transformer", "return args[0] * 10", ["each_work"]),
            "each_join": ("transformer", "return args[0]", ["each_below"]),
            "each_odd": ("conditional", "return args[0] % 2", ["each_work"]),
        },
        {
            "each_source": {"configuration": {"dynamic": True}},
            "each_below": {"configuration": {"reduce_output": True}},
        },
    )
    ran = stage.run("each")
    assert ran.state == "success"
    assert [ran.states[f"each_work:{n}"] for n in range(3)] == [
        "success", "condition_false", "success",
    ]  # fmt: skip
    assert ran.values("each_below") == [10, 30]
    assert ran.states["each_join"] == "condition_false"


def test_a_block_that_is_named_runs_without_asking_its_conditional(stage: Stage) -> None:
    _conditional(stage, "alone", {"a": "return False"})
    ran = stage.run("alone", block="alone_clean")
    assert ran.states == {"alone_load": "success", "alone_clean": "success"}
    assert ran.value("alone_clean") == 4
