"""A cell run by IPython itself, and its translation run as Python: the same names and values."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell

from mage_jlab.notebook.magic_scan import plain_lines, specials
from mage_jlab.notebook.magics import translate

CELLS = [
    "x = 1\n%time y = x + 1",
    "y = %time 2 + 3",
    "%%time\ny = 1\nz = 2",
    "%%capture out\nprint(3)\ny = 4",
    "%%timeit -n1 -r1\nq = 5",
    "%prun -q y = 6",
    "%%prun -q\ny = 7",
    "name = 'a b'\nlines = !echo '{name}' && echo $name",
    "d = {'k': 3}\nlines = !echo {d['k']} $d",
    "lines = !echo '{' && echo {nothing}",
    "lines = !echo a | awk '{print $1 \"x\"}'",
    "lines = !printf 'a\\nb' && printf c >&2",
    "n = 2\nlines = !echo {n + 1} {{n}} $$n",
    "if True:\n    lines = !echo \\\n      inside",
    "%env MAGE_JLAB_TEST=one two\nx = %env MAGE_JLAB_TEST",
    "import os\n%cd inner\nhere = os.path.basename(os.getcwd())",
    "%mkdir made\nimport os\nthere = os.path.isdir('made')",
    "%%bash --out said\necho one; echo 'two'",
    "%%bash --out said --err wrong\necho one; echo two >&2",
    "who = 'me'\n",
    "%%sh -s {3 + 4}\necho $1 > said.txt",
    "%%python3 --out said\nprint('a\\n' + '''b''')",
    '%%writefile w.txt\na = """x"""\\n\n  b{c}\n\n',
    "%%writefile -a first.txt\nmore\n",
    "    x = 1\n    y = '''a\n    b'''",
    ">>> x = 1\n>>> y = 2",
    "def f(*a): return a\n\n,f b c",
    "%load_ext autoreload\n%aimport json\nx = json.dumps(1)",
    "def f(*a): return a\nx = f(1)\nf?",
    "x = [7\n%4, 7 \\\n%4]",
    'a = 5\nx = \'%time\' if a != 3 else """\n!ls\n"""',
]


@pytest.mark.parametrize("cell", CELLS)
def test_the_translation_gives_the_same_values(
    cell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shell = InteractiveShell.instance(colors="nocolor")
    found = []
    for run in ("ipython", "python"):
        folder = tmp_path / run
        (folder / "inner").mkdir(parents=True)
        (folder / "first.txt").write_text("there\n")
        monkeypatch.chdir(folder)
        monkeypatch.delenv("MAGE_JLAB_TEST", raising=False)
        names: dict[str, Any] = {"__name__": "__main__"}
        if run == "ipython":
            shell.reset(new_session=False)
            done = shell.run_cell(cell)
            assert done.success
            names = dict(shell.user_ns)
        else:
            exec(compile(translate(cell).source, "<cell>", "exec"), names)
        os.chdir(folder)
        found.append((_plain(names), {p.name: p.read_text() for p in folder.glob("*.txt")}))
        capfd.readouterr()
    theirs, ours = found
    expected = {name: value for name, value in theirs[0].items() if name in ours[0]}
    assert ours == (expected, theirs[1])
    lost = {name for name, _ in translate(cell).lost} | {"out"}
    assert set(theirs[0]) <= set(ours[0]) | lost


def _plain(names: dict[str, Any]) -> dict[str, Any]:
    kept = (str, int, list, tuple, dict)
    hidden = {"In", "Out", "exit", "quit", "open", "get_ipython"}
    return {
        name: list(value) if isinstance(value, list) else value
        for name, value in names.items()
        if isinstance(value, kept) and not name.startswith("_") and name not in hidden
    }


@pytest.mark.parametrize("cell", CELLS)
def test_special_lines_are_those_of_ipython(cell: str) -> None:
    lines = plain_lines(cell)
    if lines[0].startswith("%%"):
        return
    ours = [special.first for special in specials(lines)]
    transformed = TransformerManager().transform_cell(cell).rstrip("\n").split("\n")
    theirs = sum("get_ipython()" in line or line.startswith('f("b"') for line in transformed)
    assert len(ours) == theirs


def test_a_failing_script_fails_in_both() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        exec(translate("%%bash\nexit 3").source, {})
    exec(translate("%%bash --no-raise-error\nexit 3").source, {})
    assert sys.executable
