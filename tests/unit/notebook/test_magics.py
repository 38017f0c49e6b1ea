"""Magics and shell lines."""

from __future__ import annotations

import pytest

from mage_jlab.notebook.magics import translate

RUN = "import subprocess; subprocess.run("
END = ", shell=True, check=False)"
LINES = (
    ", shell=True, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)"
    ".stdout.splitlines()"
)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("x = 1", "x = 1"),
        ("%matplotlib inline\nx = 1", "\nx = 1"),
        ("%time x = f()", "x = f()"),
        ("x = %time f()", "x = f()"),
        ("a, b['k'] = %time f()", "a, b['k'] = f()"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%capture\nx = 1", "\n# %%capture\nx = 1"),
        ("%%capture --no-display\nx = 1", "\nx = 1"),
        ("%%capture\n%%time\n!ls", f'# %%capture\n\n{RUN}"ls"{END}'),
        ("%%prun\nx = 1", "\nx = 1"),
        ("%prun -s cumulative x = f()", "x = f()"),
        ("%lprun -f f -m g f(1)", "f(1)"),
        ("%memit -r 1 x = 1", "x = 1"),
        ("%timeit -n 3 f(x)", ""),
        ("%timeit Model().fit(x)", ""),
        ("% matplotlib inline", ""),
        ("x = 1\n%sql duckdb:///x.db", "x = 1\n"),
        ("%%timeit\ny = f(x)\nz = y", "\n\n"),
        ("if a:\n    %time x = 1", "if a:\n    x = 1"),
        ("if a:\n    %matplotlib inline", "if a:\n    pass"),
        ("for i in x:\n    !echo {i}", f'for i in x:\n    {RUN}f"echo {{i}}"{END}'),
        ("df?\n?df\ndf.head??", "\n\n"),
        ("!ls -l", f'{RUN}"ls -l"{END}'),
        ("!ls\n!pwd", f'{RUN}"ls"{END}\nsubprocess.run("pwd"{END}'),
        ("!ls \\\n  -l\nx = 1", f'{RUN}"ls    -l"{END}\n\nx = 1'),
        ("!cp {a} $b", f'{RUN}f"cp {{a}} {{b}}"{END}'),
        ("!cp {d['a']} $b.c", f"""{RUN}f"cp {{d['a']}} {{b.c}}"{END}"""),
        ("!echo $HOME $$x", f'{RUN}"echo $HOME $x"{END}'),
        ("!awk '{print $1}' {f}", f"{RUN}\"awk '{{print $1}}' {{f}}\"{END}"),
        ("!mkdir -p {a,b}", f'{RUN}"mkdir -p {{a,b}}"{END}'),
        ("!echo '{{x}}' {y}", f"{RUN}f\"echo '{{{{x}}}}' {{y}}\"{END}"),
        ("%env A=b\n!echo $A", f'import os; os.environ["A"] = "b"\n{RUN}"echo $A"{END}'),
        ("!cd data", ""),
        ("!apt-get install x", ""),
        ("%mkdir out", f'{RUN}"mkdir out"{END}'),
        ("files = !ls {d}", f'import subprocess; files = subprocess.run(f"ls {{d}}"{LINES}'),
        ("!!ls", f'{RUN}"ls"{LINES}'),
        ("x = %sx ls", f'import subprocess; x = subprocess.run("ls"{LINES}'),
        ("%cd data", 'import os; os.chdir("data")'),
        ("%cd -q ~/x", 'import os; os.chdir(os.path.expanduser("~/x"))'),
        ("%cd {folder}", 'import os; os.chdir(f"{folder}")'),
        ("%env A=b c", 'import os; os.environ["A"] = "b c"'),
        ("%env A b=c", 'import os; os.environ["A"] = "b=c"'),
        ("x = %env A", 'import os; x = os.environ["A"]'),
        ("x = %pwd", "import os; x = os.getcwd()"),
        ("%env A", ""),
        ("%aimport numpy", "import numpy"),
        ("%xdel x", "del x"),
        (",f a b", "f('a', 'b')"),
        (";f a b", "f('a b')"),
        ("/f a b", "f(a, b)"),
        ("pip install x", ""),
        ("cd data", 'import os; os.chdir("data")'),
        ("ls", ""),
        ("time = f (1)", "time = f (1)"),
        ("    x = 1\n    y = '''\n    z'''", "x = 1\ny = '''\nz'''"),
        (">>> x = 1\n>>> for i in x:\n...     y", "x = 1\nfor i in x:\n    y"),
        ("In [3]: x = 1", "x = 1"),
        ('get_ipython().run_line_magic("matplotlib", "inline")', ""),
        ("x = get_ipython().getoutput('ls')", f'import subprocess; x = subprocess.run("ls"{LINES}'),
        ("c = 'google.colab' in str(get_ipython())", "c = 'google.colab' in \"\""),
        ('t = """\n%time\n!ls\n"""', 't = """\n%time\n!ls\n"""'),
        ("x = (7\n%4)", "x = (7\n%4)"),
        ("x = 7 \\\n  %4", "x = 7 \\\n  %4"),
        ("t = '''it''s'''  # %x\n%pwd", "t = '''it''s'''  # %x\n"),
        ("a = b != c", "a = b != c"),
        ("print('50%')\n# !x", "print('50%')\n# !x"),
        ("x = (1,\n     2\n,3)", "x = (1,\n     2\n,3)"),
    ],
)
def test_what_can_be_translated(text: str, source: str) -> None:
    translation = translate(text)
    assert translation.source == source
    assert translation.source.count("\n") == text.count("\n")
    assert not [one for one in translation.problems if one.severity == "error"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("%run a.py", "%run"),
        ("%run other.ipynb", "%run"),
        ("%store -r x", "%store"),
        ("%cd -", "%cd -"),
        ("t = %timeit -o f()", "%timeit"),
        ("%timeit x.append(1)", "%timeit"),
        ("%%timeit\ndf.sort_values('a', inplace=True)", "%%timeit"),
        ("%%cython\nx", "%%cython"),
        ("%unheard of", "%unheard"),
        ("x = %unheard of", "%unheard"),
        ("%%bash --bg\nls", "--bg"),
        ("a = 1\nx = %sql select 1", "SQL"),
        ("a = 1\n%R x", "R inside"),
        ("%Rpush x", "R inside"),
        ("%%time x = 1\ny = 2", "%%time"),
    ],
)
def test_what_cannot_be_translated_is_refused(text: str, word: str) -> None:
    translation = translate(text)
    found = [one for one in translation.problems if one.severity == "error"]
    assert [one.code for one in found] == ["magic"]
    assert word in found[0].message
    assert found[0].fixes
    assert translation.source.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("line", "packages"),
    [
        ("%pip install -q polars", ["polars"]),
        ("!pip install 'a>=1' b[x]==2 --upgrade", ["a>=1", "b[x]==2"]),
        ("!python -m pip install -i https://x.y/simple c", ["c"]),
        ("%pip install -r requirements.txt", []),
        ("!uv pip install d", ["d"]),
        ("!pip install -q e f > /dev/null 2>&1 && echo done", ["e", "f"]),
        ("!pip3 install -e .", []),
    ],
)
def test_installed_packages_become_requirements(line: str, packages: list[str]) -> None:
    translation = translate(line)
    assert list(translation.requirements) == packages
    assert translation.source == ""
    assert [one.severity for one in translation.problems] == ["info"]


def test_a_name_that_a_magic_binds_is_known_as_lost() -> None:
    translation = translate("%%capture out\nprint(1)")
    assert [name for name, _ in translation.lost] == ["out"]
    assert "print" in translation.lost[0][1]


def test_lines_of_the_shell_keep_their_own_methods_where_they_are_used() -> None:
    source = translate("files = !ls\nfiles.grep('a')").source
    assert "IPython.utils.text.SList(subprocess.run(" in source
