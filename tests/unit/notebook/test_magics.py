"""Magics and shell lines."""

from __future__ import annotations

import pytest

from mage_jlab.notebook.magics import translate


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("x = 1", "x = 1"),
        ("%matplotlib inline\nx = 1", "\nx = 1"),
        ("%time x = f()", "x = f()"),
        ("x = %time f()", "x = f()"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%capture\nx = 1", "\n\nx = 1"),
        ("if a:\n    %time x = 1", "if a:\n    x = 1"),
        ("if a:\n    %matplotlib inline", "if a:\n    pass"),
        ("df?\n?df\ndf.head??", "\n\n"),
        ("!ls -l", "__import__(\"subprocess\").run('ls -l', shell=True, check=False)"),
        ("!cp {a} $b", '__import__("subprocess").run(f"""cp {a} {b}""", shell=True, check=False)'),
        ("!echo $$HOME", "__import__(\"subprocess\").run('echo $HOME', shell=True, check=False)"),
        ("%cd data", "__import__(\"os\").chdir('data')"),
        ("%env A=b c", "__import__(\"os\").environ['A'] = 'b c'"),
        ('t = """\n%time\n!ls\n"""', 't = """\n%time\n!ls\n"""'),
        ("x = (7\n%4)", "x = (7\n%4)"),
        ("x = 7 \\\n  %4", "x = 7 \\\n  %4"),
        ("t = '''it''s'''  # %x\n%pwd", "t = '''it''s'''  # %x\n"),
        ("a = b != c", "a = b != c"),
        ("print('50%')\n# !x", "print('50%')\n# !x"),
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
        ("x = !ls", "shell line"),
        ("x, y = %sql select 1", "a magic"),
        ("%run a.py", "%run"),
        ("%store x", "%store"),
        ("%%bash\nls", "%%bash"),
        ("%%sql\nselect 1", "%%sql"),
        ("%%R\nx", "%%R"),
    ],
)
def test_what_cannot_be_translated_is_refused(text: str, word: str) -> None:
    translation = translate(text)
    found = [one for one in translation.problems if one.severity == "error"]
    assert [one.code for one in found] == ["magic"]
    assert word in found[0].message
    assert translation.source.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("line", "packages"),
    [
        ("%pip install -q polars", ["polars"]),
        ("!pip install 'a>=1' b[x]==2 --upgrade", ["a>=1", "b[x]==2"]),
        ("!python -m pip install -i https://x.y/simple c", ["c"]),
        ("%pip install -r requirements.txt", []),
        ("!uv pip install d", ["d"]),
    ],
)
def test_installed_packages_become_requirements(line: str, packages: list[str]) -> None:
    translation = translate(line)
    assert list(translation.requirements) == packages
    assert translation.source == ""
    assert [one.severity for one in translation.problems] == ["info"]
