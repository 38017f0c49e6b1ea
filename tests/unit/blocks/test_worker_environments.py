"""Blocks in a virtual environment of their own, by its path and by a kernelspec."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mage_jlab.blocks.interpreter import find_interpreter
from mage_jlab.domain.attempt import OutcomeKind
from mage_jlab.domain.errors import UnprocessableError

WHERE = "@transformer\ndef f():\n    import sys\n    return {'prefix': sys.prefix}\n"
FRAME = "@transformer\ndef f(df):\n    return len(df)\n"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Give the folder of a new environment without any package."""
    folder = tmp_path_factory.mktemp("home") / "own"
    command = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(command, check=True)
    return folder


def _run(workshop, found, source, key, **options):
    return workshop.run(
        source, key=key, interpreter=found.executable, environ=found.environ, **options
    )


def test_blocks_run_in_the_environment_that_a_path_names(workshop, environment):
    for path in (str(environment), "./own"):
        found = find_interpreter(path, environment.parent)
        outcome = _run(workshop, found, WHERE, path)
        assert outcome.kind is OutcomeKind.SUCCESS, outcome.error
        assert workshop.load(outcome.products[0]) == {"prefix": str(environment)}


def test_blocks_run_in_the_environment_of_a_kernelspec(
    workshop, environment, tmp_path, monkeypatch
):
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    folder = tmp_path / "kernels" / "own"
    folder.mkdir(parents=True)
    argv = [str(environment / "bin/python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    words = {"display_name": "own", "language": "python", "argv": argv}
    (folder / "kernel.json").write_text(json.dumps(words))
    outcome = _run(workshop, find_interpreter("own"), WHERE, "kernel")
    assert workshop.load(outcome.products[0]) == {"prefix": str(environment)}


def test_what_is_missing_there_is_named(workshop, environment):
    above = workshop.good(
        "@transformer\ndef f():\n    import pandas\n    return pandas.DataFrame({'a': [1]})\n"
    )
    outcome = _run(
        workshop,
        find_interpreter(str(environment)),
        FRAME,
        "bare",
        above={"up": list(above.values())},
    )
    assert outcome.kind is OutcomeKind.FAILED
    assert any(name in outcome.error.message for name in ("pyarrow", "pandas")), outcome.error


def test_an_environment_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UnprocessableError, match=r"\./gone .* has no bin/python"):
        find_interpreter("./gone", tmp_path)
