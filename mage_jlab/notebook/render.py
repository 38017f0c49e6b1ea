"""Cells rendered as block files: one decorated function, with the cell's lines as they are."""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mage_jlab.domain.block import Language, default_file, identifier
from mage_jlab.domain.errors import UnprocessableError
from mage_jlab.notebook.body import INDENT, fit_body, has_statements, indent, lift_future
from mage_jlab.notebook.cells import BlockSource, WorkbenchReading
from mage_jlab.notebook.heads import DECORATORS, Head, build_head
from mage_jlab.store.disk import text_hash
from mage_jlab.store.record_yaml import BlockRecord

_LINE_LENGTH = 100


@dataclass(frozen=True)
class RenderedBlock:
    """A block's file, and what is recorded of it.

    Attributes:
        name: the block's name in its pipeline.
        file: the path of its file, relative to the project.
        upstream: the names of the blocks above.
        record: the entry of ``mage_jlab.yaml``.
    """

    name: str
    file: str
    text: str
    source: BlockSource
    upstream: list[str]
    record: BlockRecord


@dataclass(frozen=True)
class RenderedExport:
    """All texts that an export of a workbench writes, but for the pipeline's YAML.

    Attributes:
        blocks: the blocks, in notebook order.
        shared: the generated files of ``utils/``, by path.
    """

    blocks: list[RenderedBlock]
    shared: dict[str, str]


def render_blocks(
    reading: WorkbenchReading, project: str, names: Mapping[str, str] | None = None
) -> RenderedExport:
    """Render a workbench's blocks as files.

    Args:
        reading: the workbench, without error diagnostics.
        project: the name of the project's folder, which its modules are imported under.
        names: other names for blocks than the reading's.

    Raises:
        UnprocessableError: when a block cannot be written as a function.
    """
    renamed = dict(names or {})
    stem = module_name(reading.pipeline)
    shared_module = f"{project}.utils.{stem}" if project.isidentifier() else f"utils.{stem}"
    shared = {
        f"utils/{stem}.py": reading.shared_source,
        f"utils/{stem}_setup.py": reading.setup_source,
    }
    declared = {(edge.from_, edge.to) for edge in reading.analysis.edges if edge.why == "declared"}
    return RenderedExport(
        blocks=[_render(block, shared_module, renamed, declared) for block in reading.blocks],
        shared={path: _ended(text) for path, text in shared.items() if text.strip()},
    )


def cell_text(block: BlockSource) -> str:
    """Give the text of a block's cell, as the notebook has it."""
    return block.cell_text or block.source


def module_name(pipeline: str) -> str:
    """Give the name of the module that holds what a pipeline's blocks share."""
    if pipeline.isidentifier() and not keyword.iskeyword(pipeline):
        return pipeline
    return identifier(pipeline) or "pipeline"


def _render(
    block: BlockSource,
    shared_module: str,
    renamed: Mapping[str, str],
    declared: set[tuple[str, str]],
) -> RenderedBlock:
    name = renamed.get(block.name, block.name)
    text, body = _text(block, name, shared_module)
    return RenderedBlock(
        name=name,
        file=default_file(block.type, name, block.language),
        text=text,
        source=block,
        upstream=[renamed.get(above, above) for above in block.upstream],
        record=BlockRecord(
            cell=block.cell_id,
            source=text_hash(cell_text(block)),
            file=text_hash(text),
            body=body,
            cell_line=_cell_line(block),
            inputs={name: _rebound(value, renamed) for name, value in block.inputs.items()},
            results=list(block.results),
            optional=[result for result in block.results if result in block.maybe_unbound],
            declared=[
                renamed.get(above, above)
                for above in block.upstream
                if (above, block.name) in declared
            ],
        ),
    )


def _cell_line(block: BlockSource) -> int | None:
    """Give the line of the cell below a magic where the block's text begins."""
    if block.language is Language.PYTHON:
        return None
    above = cell_text(block).rstrip().count("\n") - block.source.rstrip().count("\n")
    return above + 1 if above > 0 else None


def _rebound(binding: str, renamed: Mapping[str, str]) -> str:
    above, _, result = binding.rpartition(".")
    return f"{renamed.get(above, above)}.{result}"


def _text(block: BlockSource, name: str, shared_module: str) -> tuple[str, tuple[int, int]]:
    if block.language is not Language.PYTHON:
        head = _ended(block.head) + "\n" if block.head else ""
        text = _ended(block.source)
        first = head.count("\n") + 1
        return head + text, (first, first + max(0, text.count("\n") - 1))
    try:
        with warnings.catch_warnings():
            # What Python warns of in the code is for the one who runs it.
            warnings.simplefilter("ignore")
            write = _function_cell if block.style == "function" else _plain_cell
            text, body = write(block, name, shared_module)
            _check_syntax(text, name)
    except (SyntaxError, ValueError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise UnprocessableError(
            f"The cell #{block.index} ({block.name}) cannot be written as a function: {reason}."
        ) from error
    return text, body


@lru_cache(maxsize=1024)
def _check_syntax(text: str, name: str) -> None:
    """Make sure that a file's text is Python; a text that is fine is not looked at again."""
    compile(text, name, "exec", dont_inherit=True)


def _plain_cell(block: BlockSource, name: str, shared_module: str) -> tuple[str, tuple[int, int]]:
    function = function_name(name)
    body = fit_body(block.source.rstrip())
    copied = [fit_body(text.strip("\n")) for text in [*block.derived, *block.copied]]
    bound = body.bound.union(*(part.bound for part in copied))
    lifted = [line for part in [body, *copied] for line in part.lifted]
    head = build_head(
        [*block.head_imports, *lifted],
        block.shared,
        shared_module,
        [block.type.decorator],
        (bound | {function, block.type.decorator}) - block.inputs.keys(),
    )
    options = next(
        n
        for n in ("kwargs", "kwargs_", "run_kwargs", "run_kwargs_")
        if n not in block.inputs and n not in dict(block.variables)
    )
    prologue = [*head.inner]
    prologue += [
        f'{variable} = {options}.get("{variable}", {default.strip()})'
        for variable, default in block.variables
    ]
    prologue += [_apart(part.source) for part in copied]
    above = _above(head, block, function, options)
    before = "".join(f"{indent(line)}\n" for line in prologue)
    returned = _return(block)
    if not has_statements(body.source) and not prologue and not returned:
        returned = "pass"
    first = (above + before).count("\n") + 1
    inside = f"{indent(body.source)}\n"
    last = first + inside.count("\n") - 1
    ending = f"{INDENT}{returned}\n" if returned else ""
    return above + before + inside + ending, (first, last)


def _apart(text: str) -> str:
    """Give a definition with an empty line below it, as a person would leave one."""
    return f"{text}\n" if re.match(r"(?:@|(?:async\s+)?def\b|class\b)", text) else text


def _above(head: Head, block: BlockSource, function: str, options: str) -> str:
    """The text above the body: head, decorator and signature."""
    parameters = [*block.inputs, f"**{options}"]
    define = "async def" if block.is_async else "def"
    signature = f"{define} {function}({', '.join(parameters)}):"
    if len(signature) > _LINE_LENGTH:
        inner = "".join(f"{INDENT}{parameter},\n" for parameter in parameters)
        signature = f"{define} {function}(\n{inner}):"
    mark = 'callback("success")' if block.type.decorator == "callback" else block.type.decorator
    return f"{head.text}\n\n\n@{mark}\n{signature}\n"


def _return(block: BlockSource) -> str:
    """The line that returns the results: one as it is, several by name, uncertain ones if bound."""
    if not block.results:
        return ""
    if any(result in block.maybe_unbound for result in block.results):
        names = ", ".join(f'"{result}"' for result in block.results)
        return f"return {{k: v for k, v in locals().items() if k in {{{names}}}}}"
    if len(block.results) == 1:
        return f"return {block.results[0]}"
    pairs = [f'"{result}": {result}' for result in block.results]
    line = f"return {{{', '.join(pairs)}}}"
    if len(INDENT + line) <= _LINE_LENGTH:
        return line
    return "return {\n" + "".join(f"{INDENT * 2}{pair},\n" for pair in pairs) + f"{INDENT}}}"


def _function_cell(
    block: BlockSource, name: str, shared_module: str
) -> tuple[str, tuple[int, int]]:
    del name
    source = block.source.replace("\r\n", "\n").rstrip()
    tree = ast.parse(source)
    bound = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    head = build_head(
        block.head_imports, block.shared, shared_module, DECORATORS & used, known=bound
    )
    source, future = lift_future(source)
    parts = [*future, head.text, *(text.strip("\n") for text in [*block.derived, *block.copied])]
    above = "\n\n".join(part for part in parts if part)
    above = f"{above}\n\n\n" if above else ""
    first = above.count("\n") + 1
    return f"{above}{source}\n", (first, first + source.count("\n"))


def function_name(name: str) -> str:
    """Give the name of a block's function: the last part of the block's name."""
    last = name.rsplit("/", 1)[-1]
    if last.isidentifier() and not keyword.iskeyword(last):
        return last
    return identifier(last) or "block"


def _ended(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n") + "\n"
