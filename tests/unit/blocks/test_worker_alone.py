"""The worker stands alone: standard library, Python 3.9, and no mage_jlab in its interpreter."""

from __future__ import annotations

import ast
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import mage_jlab.blocks.worker
from mage_jlab.blocks.worker import decorators
from mage_jlab.domain.attempt import OutcomeKind

FOLDER = Path(mage_jlab.blocks.worker.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
LOOKED_FOR = {"cloudpickle", "numpy", "pandas", "polars", "pyarrow", "pytz", "matplotlib"}
LOOKED_FOR |= {"boto3", "duckdb", "fsspec", "geopandas", "jinja2", "psycopg", "pymysql"}
LOOKED_FOR |= {"scipy", "shapely"}
LOOKED_FOR |= {"snowflake", "sqlalchemy", "sqlglot", "yaml"}
HEAD = "from mage_jlab import transformer\n@transformer\n"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_modules_are_python_3_9_and_standard_library(path):
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Match)
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names | LOOKED_FOR, f"{path.name} imports {name}"
    at_the_top = {
        (node.module or "").split(".")[0] for node in tree.body if isinstance(node, ast.ImportFrom)
    } | {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    if path.name != "backend.py":
        assert not at_the_top & LOOKED_FOR


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Give an interpreter that has nothing installed."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, symlinks=True)
    return str(folder / "bin" / "python")


def test_an_interpreter_without_any_package_runs_blocks(workshop, bare):
    def run(source):
        return workshop.run(HEAD + source, interpreter=bare, key="bare")

    outcome = run(
        "def f():\n    import sys, importlib.util as u\n"
        "    return {'pandas': u.find_spec('pandas') is None,\n"
        "            'mage': sys.modules['mage_jlab'].__doc__}\n"
    )
    assert outcome.kind is OutcomeKind.SUCCESS, outcome.error
    assert workshop.load(outcome.products[0]) == {
        "pandas": True,
        "mage": "The decorators of mage_jlab.",
    }
    kept = run("def f():\n    return {1, 2}\n")
    assert workshop.load(kept.products[0]) == {1, 2}
    own = run("def f():\n    class Own: pass\n    return Own()\n")
    assert own.error.type in ("MissingPackage", "CannotStore")
    imported = run("def f():\n    import pandas\n")
    assert (imported.error.type, imported.error.message) == (
        "ModuleNotFoundError",
        "No module named 'pandas'",
    )


def test_a_missing_package_is_named_with_the_interpreter(workshop, bare):
    frame = workshop.good(
        "import pandas as pd\n@transformer\ndef f():\n    return pd.DataFrame({'a': [1]})\n"
    )
    outcome = workshop.run(
        HEAD + "def f(df):\n    return 1\n",
        interpreter=bare,
        key="bare",
        above={"up": list(frame.values())},
    )
    assert outcome.error.type == "MissingPackage"
    assert bare in outcome.error.message
    assert "pip install" in outcome.error.message


def test_a_frame_without_pyarrow_says_what_is_missing(workshop, tmp_path):
    packages = tmp_path / "packages"
    (packages / "pyarrow").mkdir(parents=True)
    (packages / "pyarrow" / "__init__.py").write_text("raise ImportError('no pyarrow')\n")
    outcome = workshop.run(
        "import pandas as pd\n@transformer\n"
        "def f():\n    return pd.DataFrame({'a': [1]}).astype('int8')\n",
        environ={"PYTHONPATH": str(packages)},
        key="no pyarrow",
    )
    assert outcome.kind is OutcomeKind.FAILED
    assert outcome.error.type == "MissingPackage"
    assert outcome.error.message.startswith(
        "The result output_0 (pandas.DataFrame) cannot be stored: pyarrow is not installed"
    )


def test_the_worker_leaves_nothing_of_itself_on_the_path(workshop):
    out = workshop.good(
        "@transformer\ndef f():\n    import sys\n    return {'path': sys.path, 'argv': sys.argv}\n"
    )
    seen = workshop.load(out["output_0"])
    assert seen["path"][:2] == [str(workshop.folder), str(workshop.folder.parent)]
    assert str(FOLDER) not in seen["path"]
    assert seen["argv"] == [""]


def test_importing_the_decorators_costs_nothing():
    code = (
        "import sys; import mage_jlab; from mage_jlab import transformer; "
        "print(sorted({'pandas', 'pyarrow', 'pydantic', 'sqlalchemy'} & set(sys.modules)))"
    )
    root = FOLDER.parents[2]
    shown = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True)
    assert shown.stdout == b"[]\n"


def test_decorators_leave_functions_as_they_were():
    @decorators.transformer
    def double(x):
        return 2 * x

    @decorators.callback("failure")
    def failed():
        return "no"

    @decorators.data_loader()
    def load():
        return 1

    assert (double(2), failed(), load()) == (4, "no", 1)
    assert getattr(double, decorators.MARK) == "transformer"
    assert getattr(failed, decorators.ARGUMENTS) == ("failure",)
    namespace = {"a": double, "b": failed, "c": 3}
    assert decorators.marked(namespace, "transformer", __name__) == [double]
    assert decorators.marked(namespace, "transformer", "elsewhere") == []
