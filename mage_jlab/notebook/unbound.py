"""What is said of a name that no cell above a block binds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mage_jlab.notebook.known import STAR_BUILTINS, STAR_VALUES
from mage_jlab.notebook.problems import Place, Problem, Repair, error, warning

SESSION_NAMES = frozenset(
    [
        "get_ipython",
        "In",
        "Out",
        "_",
        "__",
        "___",
        "_i",
        "_ii",
        "_iii",
        "_ih",
        "_oh",
        "_dh",
        "exit",
        "quit",
    ]
)
"""Names that IPython gives to a session."""

_OUTPUT = re.compile(r"_{1,3}|_i{0,3}\d*|Out|In")


def unbound(
    name: str, place: Place | None, *, deleted: bool, later: Sequence[int], lost: str = ""
) -> Problem:
    """Give the problem of a name without a value.

    Args:
        name: the name.
        place: where it is read.
        deleted: whether a cell above deletes it.
        later: the cells below that bind it.
        lost: why a run has it not, when a magic above binds it in a notebook.
    """
    if lost:
        message = f"{lost}."
        return error("magic", message, place, (f"Make {name} in Python",))
    if _OUTPUT.fullmatch(name):
        message = f"{name} is what another cell showed, by the order in which cells ran."
        fix = "Give that value a name, and read the name"
        return error("unknown-code", message, place, (fix,))
    if name in SESSION_NAMES:
        message = f"{name} belongs to the notebook's session, and a run has none."
        return error("unknown-code", message, place, (f"Remove {name}",))
    if deleted:
        message = f"{name} is deleted above, so it has no value here."
        return error("hidden-state", message, place, (f"Keep {name}",))
    if later:
        message = f"{name} is defined only below, so running the notebook from the top fails here."
        title = f"Move the cell that defines {name} above this one"
        go = Repair("go", "Go to that cell", later[0])
        return error("hidden-state", message, place, (Repair("move-up", title, later[0]), go))
    message = f"{name} is defined in no cell, so it works only in a kernel that still has it."
    fixes = (
        f"Define {name} in a cell above",
        Repair("add-parameter", f"Make {name} a runtime variable, None by default", names=(name,)),
    )
    return error("hidden-state", message, place, fixes)


def under_star(name: str, reader: str) -> Problem:
    """Give what is said of a star import that stands between a block's result and its reader.

    Args:
        name: the result's name.
        reader: the name of the block that reads it.
    """
    message = f"This star import may bind {name} anew"
    fixes = ("Move the import to the first cell", "Name what is imported")
    if name in STAR_VALUES or name in STAR_BUILTINS:
        return error("unknown-code", f"{message}, and it is likely to.", None, fixes)
    message = f"{message}; {reader} reads the {name} of the block above."
    return warning("unknown-code", message, None, fixes)
