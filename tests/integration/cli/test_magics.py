"""``%run_pipeline`` and ``%product`` in a real shell, on a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def shell(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[InteractiveShell]:
    """Give a shell that stands in the project, with the magics loaded."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "mage_jlab")
    yield made
    InteractiveShell.clear_instance()


def test_a_run_and_its_product(shell: InteractiveShell) -> None:
    run = shell.run_line_magic("run_pipeline", "sales market=NY")
    assert run.state == "success"
    assert run.variables["market"] == "NY"
    clean = shell.run_line_magic("product", "sales clean")
    expected = pd.DataFrame({"market": ["NY"], "amount": [2.0]}, index=[1])
    pd.testing.assert_frame_equal(clean, expected)
    assert shell.run_line_magic("product", "sales totals rows") == 1


@pytest.mark.parametrize(
    ("magic", "line", "said"),
    [
        ("run_pipeline", "nowhere", "nowhere"),
        ("run_pipeline", "sales factor=many", "factor"),
        ("run_pipeline", "sales market", "NAME=VALUE"),
        ("product", "sales nowhere", "nowhere"),
        ("product", "sales totals", "total"),
    ],
)
def test_bad_input_is_a_usage_error(
    shell: InteractiveShell, magic: str, line: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        shell.run_line_magic(magic, line)
