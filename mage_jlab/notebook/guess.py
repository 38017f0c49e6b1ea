"""What type of block a cell is likely to be, or whether it does nothing that a run needs."""

from __future__ import annotations

import ast

from mage_jlab.domain.block import BlockType

LOADS = ("read_", "load_", "fetch_", "download", "scan_")
WRITES = (
    "to_csv",
    "to_parquet",
    "to_sql",
    "to_excel",
    "to_json",
    "to_feather",
    "to_pickle",
    "to_hdf",
    "to_gbq",
    "to_stata",
    "to_html",
    "to_markdown",
    "to_orc",
    "to_delta",
    "write_",
    "sink_",
    "save",
    "savez",
    "savetxt",
    "dump",
    "write",
    "writelines",
    "writerow",
    "writerows",
    "put_object",
    "upload_file",
    "executemany",
    "commit",
    "write_text",
    "write_bytes",
)
PLOTS = (
    "plot",
    "hist",
    "boxplot",
    "scatter",
    "bar",
    "barh",
    "pie",
    "imshow",
    "heatmap",
    "lineplot",
    "barplot",
    "histplot",
    "scatterplot",
    "countplot",
    "violinplot",
    "pairplot",
    "kdeplot",
    "regplot",
    "subplots",
    "figure",
    "show",
    "line",
    "relplot",
    "catplot",
    "displot",
    "jointplot",
    "mark_bar",
    "mark_line",
    "mark_point",
    "stackplot",
    "fill_between",
)
SHOWS = (
    "head",
    "tail",
    "info",
    "describe",
    "display",
    "print",
    "sample",
    "value_counts",
    "pprint",
    "help",
    "dir",
    "type",
    "len",
    "isna",
    "isnull",
    "sum",
    "nunique",
    "unique",
    "mean",
    "corr",
    "memory_usage",
    "count",
    "duplicated",
    "any",
    "all",
)
SETTINGS = (
    "set_option",
    "filterwarnings",
    "simplefilter",
    "set_theme",
    "set_style",
    "set_palette",
    "set_context",
    "use",
    "seed",
    "set_printoptions",
    "basicConfig",
    "reset_option",
    "seterr",
    "register_matplotlib_converters",
    "set",
)
_PLOT_ROOTS = frozenset({"plt", "sns", "px", "go", "alt", "ax", "axes", "fig", "pyplot", "seaborn"})


def guess_type(source: str) -> BlockType | None:
    """Guess the type of a cell's block.

    None when it holds only imports, definitions, settings and displays.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    decorated = _decorated(tree)
    if decorated:
        return decorated
    body = [node for node in tree.body if not _idle(node)]
    if not body:
        return None
    calls = [call for node in body for call in ast.walk(node) if isinstance(call, ast.Call)]
    names = [called(call) for call in calls]
    reads = any(name.startswith(LOADS) for name in names) or any(
        _opens(call, write=False) for call in calls
    )
    writes = any(_writes(name) for name in names) or any(_opens(call, write=True) for call in calls)
    shown = any(isinstance(call, ast.Call) and _shows_chart(call) for call in ast.walk(tree))
    if (shown or any(_plots(call) for call in calls)) and not writes:
        return BlockType.CHART
    if writes and not (reads and _keeps(body)):
        return BlockType.DATA_EXPORTER
    if reads and _reads_first(body):
        return BlockType.DATA_LOADER
    return BlockType.TRANSFORMER


def _decorated(tree: ast.Module) -> BlockType | None:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                name = decorator.func if isinstance(decorator, ast.Call) else decorator
                word = name.id if isinstance(name, ast.Name) else getattr(name, "attr", "")
                for type_ in BlockType:
                    if type_.decorator == word and type_ is not BlockType.MARKDOWN:
                        return type_
    return None


def _idle(node: ast.stmt) -> bool:
    """Say whether a run can do without a statement of an untagged cell."""
    if isinstance(
        node,
        ast.Import
        | ast.ImportFrom
        | ast.FunctionDef
        | ast.AsyncFunctionDef
        | ast.ClassDef
        | ast.Pass,
    ):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if all(isinstance(target, ast.Attribute | ast.Subscript) for target in targets):
            return _setting(targets[0])
        return node.value is None or is_constant(node.value) or makes_class(node.value)
    if isinstance(node, ast.Try | ast.If):
        parts = [*node.body, *node.orelse]
        if isinstance(node, ast.Try):
            parts += [statement for handler in node.handlers for statement in handler.body]
        return all(isinstance(part, ast.Import | ast.ImportFrom | ast.Pass) for part in parts)
    return isinstance(node, ast.Expr) and _display(node.value)


def _setting(target: ast.expr) -> bool:
    text = ast.unparse(target)
    return "rcParams" in text or ".options." in text or text.startswith("os.environ")


def _display(value: ast.expr) -> bool:
    if isinstance(value, ast.Await):
        return False
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    if not calls:
        return not any(isinstance(node, ast.NamedExpr) for node in ast.walk(value))
    outer = called(calls[0])
    return outer in SHOWS + SETTINGS and not any(_writes(called(call)) for call in calls)


def makes_class(value: ast.expr | None) -> bool:
    """Say whether an expression makes a class by a call, as ``namedtuple("Row", "a b")`` does."""
    return (
        isinstance(value, ast.Call)
        and called(value) in _CLASS_MAKERS
        and bool(value.args)
        and isinstance(value.args[0], ast.Constant)
        and isinstance(value.args[0].value, str)
    )


_CLASS_MAKERS = frozenset({"namedtuple", "NamedTuple", "make_dataclass", "NewType", "TypeVar"})


def is_constant(value: ast.expr) -> bool:
    """Say whether an expression is made of literals alone."""
    return not any(
        isinstance(
            node,
            ast.Name
            | ast.Call
            | ast.Await
            | ast.NamedExpr
            | ast.Lambda
            | ast.comprehension
            | ast.Yield,
        )
        for node in ast.walk(value)
    )


def called(call: ast.Call) -> str:
    """Give the bare name of what a call calls."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _writes(name: str) -> bool:
    return any(name == one or (one.endswith("_") and name.startswith(one)) for one in WRITES)


def _opens(call: ast.Call, *, write: bool) -> bool:
    if called(call) != "open":
        return False
    values = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
    mode = values[0].value if values and isinstance(values[0], ast.Constant) else "r"
    return any(letter in str(mode) for letter in "wax") is write


def _plots(call: ast.Call) -> bool:
    root: ast.expr = call.func
    attributes: list[str] = []
    while isinstance(root, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(root, ast.Attribute):
            attributes.append(root.attr)
        root = root.func if isinstance(root, ast.Call) else root.value
    name = root.id if isinstance(root, ast.Name) else ""
    if name in _PLOT_ROOTS:
        return any(word in PLOTS for word in attributes)
    return "plot" in attributes or any(word in ("hist", "boxplot") for word in attributes[:1])


def _shows_chart(call: ast.Call) -> bool:
    """Say whether a chart is displayed by its MIME type, as Vega-Lite's is."""
    texts = (part.value for part in ast.walk(call) if isinstance(part, ast.Constant))
    return called(call) == "display" and any("vnd.vega" in str(text) for text in texts)


def _reads_first(body: list[ast.stmt]) -> bool:
    """Say whether a cell begins with data from outside, rather than with a frame from above."""
    for node in body:
        calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
        if calls:
            return any(called(call).startswith((*LOADS, "open")) for call in calls)
    return True


def _keeps(body: list[ast.stmt]) -> bool:
    """Say whether a cell leaves a name behind, as a loader that also keeps a copy on disk does."""
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) for target in node.targets)
        for node in body
    )
