"""From what is known of a block to what the analysis says of it, and to what is rendered."""

from __future__ import annotations

from mage_jlab.domain.analysis import AnalysedBlock
from mage_jlab.domain.block import Language
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.cells import BlockSource
from mage_jlab.notebook.facts import parse
from mage_jlab.notebook.global_names import local_source
from mage_jlab.notebook.results import defines


def made_of(
    block: BlockWork, upstream: list[str], inputs: dict[str, str]
) -> tuple[AnalysedBlock, BlockSource]:
    """Give what an analysis says of a block, and the block ready to be rendered.

    What it cannot say in a file is noted on it.

    Args:
        block: the block, named, with its results.
        upstream: the blocks above it, in the order of the graph.
        inputs: what it takes, as :func:`named_inputs` gives it.
    """
    return _analysed(block, upstream, inputs), _source(block, upstream, inputs)


def named_inputs(block: BlockWork) -> dict[str, str]:
    """Give a block's parameters in the order of the blocks above, each with block and result."""
    ordered = sorted(block.inputs.items(), key=lambda item: item[1][0].index)
    return {parameter: f"{giver.name}.{result}" for parameter, (giver, result) in ordered}


def _analysed(block: BlockWork, upstream: list[str], inputs: dict[str, str]) -> AnalysedBlock:
    return AnalysedBlock(
        name=block.name,
        type=block.role.type,
        language=block.foreign.language if block.foreign is not None else Language.PYTHON,
        cell_id=block.cell.id,
        index=block.index,
        reads=list(dict.fromkeys(result for _, result in block.inputs.values())),
        defines=defines(block),
        results=block.results,
        upstream=upstream,
        inputs=inputs,
    )


def _source(block: BlockWork, upstream: list[str], inputs: dict[str, str]) -> BlockSource:
    facts = block.facts
    source = parse(block.cell.source).source
    configuration = block.role.configuration
    if block.foreign is not None:
        source, configuration = block.foreign.text, block.foreign.configuration
    elif block.function is None:
        source = local_source(block, source)
    return BlockSource(
        name=block.name,
        type=block.role.type,
        language=block.foreign.language if block.foreign is not None else Language.PYTHON,
        cell_id=block.cell.id,
        index=block.index,
        style=block.style,
        source=source,
        is_async=facts.is_async,
        inputs=inputs,
        upstream=upstream,
        results=block.results,
        maybe_unbound=frozenset(
            name
            for name in block.results
            if name in facts.binds
            and name not in facts.sure
            and name not in block.inputs
            and name not in block.variables
            and block.function is None
        ),
        variables=list(block.variables.items()),
        derived=list(block.derived),
        head_imports=list(block.head_imports),
        shared=list(block.shared),
        copied=list(block.copied),
        function_name=block.function.name if block.function is not None else None,
        configuration=configuration,
        head=block.foreign.head if block.foreign is not None else "",
        cell_text=block.cell.source,
    )
