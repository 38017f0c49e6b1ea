"""Random generators that a session shares: exact for one drawing block, an error for two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.facts import CellFacts
from mage_jlab.notebook.problems import Place, Problem, Repair, error, merge, warning
from mage_jlab.notebook.resolving import Survey

_SEED = {
    "random": "random.seed(0)",
    "numpy": "np.random.seed(0)",
    "torch": "torch.manual_seed(0)",
    "tensorflow": "tf.random.set_seed(0)",
}
_STATE = {
    "random": ("random", "random_state", "getstate()", "setstate({})"),
    "numpy": ("numpy", "numpy_state", "random.get_state()", "random.set_state({})"),
    "torch": ("torch", "torch_state", "get_rng_state()", "set_rng_state({})"),
}
"""Each generator's module, a name for its state, and how that is taken and set."""
_WORDS = {
    "random": "Python's random numbers",
    "numpy": "NumPy's random numbers",
    "torch": "PyTorch's random numbers",
    "tensorflow": "TensorFlow's random numbers",
}


def check_generators(facts: Mapping[int, CellFacts], survey: Survey) -> None:
    """Refuse blocks that go on where another cell left a generator that is not their own.

    Before the first seed no value is repeatable, in the notebook or in a run: that is only said.
    """
    for generator, words in _WORDS.items():
        users: list[int] = []
        seeds: list[int] = []
        unseeded: list[int] = []
        seeded = False
        for index, one in sorted(facts.items()):
            is_block = index in survey.blocks
            draws, seeds_here = _used(one, survey.blocks.get(index))
            seeded = seeded or generator in seeds_here
            place = draws.get(generator)
            if not seeded:
                if place is not None and is_block:
                    _say_unseeded(generator, index, unseeded, survey, place)
                    unseeded.append(index)
                continue
            if place is not None and is_block:
                before = (users or seeds)[-1:]
                fixes = (
                    *_hand_on(generator, facts, survey, (*before, index)),
                    *_fixes(generator, survey, before),
                )
                problem = error("shared-rng", _message(survey, users, words), place, fixes)
                _check(index, users, seeds, survey, problem)
            if place is not None or (generator in seeds_here and is_block):
                users.append(index)
            if generator in seeds_here and not is_block:
                seeds.append(index)


def _say_unseeded(
    generator: str, index: int, before: list[int], survey: Survey, place: Place
) -> None:
    if before:
        name = survey.blocks[before[-1]].name
        message = (
            f"This draws {_WORDS[generator]} as {name} does, and no cell seeds them: "
            "each run gives other numbers."
        )
        survey.report(index, warning("shared-rng", message, place, (_seed_here(generator),)))


def _used(facts: CellFacts, block: BlockWork | None) -> tuple[dict[str, Place], frozenset[str]]:
    """Give the generators that a cell draws from, or its function where it is the block."""
    if block is None or block.function is None:
        return facts.draws, frozenset(facts.seeded)
    name = block.function.name
    called = facts.values[name].function if name in facts.values else None
    if called is None:
        return {}, frozenset()
    return dict.fromkeys(called.draws, facts.binds[name].place), called.seeds


def _check(
    index: int, users: list[int], seeds: list[int], survey: Survey, problem: Problem
) -> None:
    blocks_before = [user for user in users if user in survey.blocks]
    scratch_before = [
        user for user in users if user not in survey.blocks and (not seeds or user > seeds[0])
    ]
    if blocks_before or (scratch_before and seeds) or len(seeds) > 1:
        survey.report(index, problem)


def _message(survey: Survey, users: list[int], words: str) -> str:
    name = next(
        (survey.blocks[user].name for user in reversed(users) if user in survey.blocks),
        "an untagged cell",
    )
    return f"This goes on with {words} where {name} left them: in a run each block starts anew."


def _hand_on(
    generator: str, facts: Mapping[int, CellFacts], survey: Survey, cells: tuple[int, ...]
) -> Iterator[Repair]:
    """Hand the generator's state from one drawing block to the next: the same numbers as ever."""
    plain = all(cell in survey.blocks and survey.blocks[cell].function is None for cell in cells)
    if not plain or len(cells) < 2 or generator not in _STATE:
        return
    module, name, take, give = _STATE[generator]
    alias = next(
        (
            one
            for each in facts.values()
            for one, value in each.values.items()
            if value.module == module
        ),
        None,
    )
    taken = f"{name} = {alias or module}.{take}"
    given = f"{alias or module}.{give.format(name)}"
    if alias is None:
        taken, given = f"import {module}\n{taken}", f"import {module}\n{given}"
    block = survey.blocks[cells[0]].name
    title = f"Hand the generator's state on from {block} ({taken})"
    yield Repair("hand-on", title, cells[0], (taken, given, block), automatic=True)


def _fixes(generator: str, survey: Survey, before: list[int]) -> tuple[Repair, ...]:
    joined = tuple(
        merge(
            cell,
            f"Merge this cell into {survey.blocks[cell].name}"
            if cell in survey.blocks
            else "Merge this cell into the one that draws above",
        )
        for cell in before
    )
    return (*joined, _seed_here(generator))


def _seed_here(generator: str) -> Repair:
    seed = _SEED[generator]
    title = f"Seed them anew in this cell ({seed}): other numbers"
    return Repair("put-first", title, names=(seed,))
