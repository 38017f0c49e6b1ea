"""Which calls draw from a random generator that a whole session shares, and which seed it."""

from __future__ import annotations

import ast

from mage_jlab.notebook.known import DRAWING_ESTIMATORS, kind_of

_PYTHON_PURE = frozenset({"Random", "SystemRandom", "getstate"})
_NUMPY_PURE = frozenset(
    {
        "default_rng",
        "RandomState",
        "Generator",
        "SeedSequence",
        "PCG64",
        "MT19937",
        "get_state",
        "BitGenerator",
        "Philox",
        "SFC64",
    }
)
_SEEDS = {
    "random.seed": "random",
    "random.setstate": "random",
    "numpy.random.seed": "numpy",
    "numpy.random.set_state": "numpy",
    "torch.manual_seed": "torch",
    "tensorflow.random.set_seed": "tensorflow",
}


def seeds(dotted: str) -> str | None:
    """Give the global generator that a function seeds, if it does."""
    return _SEEDS.get(dotted)


def draws(dotted: str, call: ast.Call) -> str | None:
    """Give the global generator that a library's function draws from, if it does."""
    root, _, last = dotted.rpartition(".")
    if root == "random" and last not in _PYTHON_PURE:
        return "random"
    if root == "numpy.random" and last not in _NUMPY_PURE:
        return "numpy"
    if root == "torch" and last in ("rand", "randn", "randint", "randperm", "normal", "bernoulli"):
        return "torch"
    if dotted.startswith("sklearn.") and last in DRAWING_ESTIMATORS and not _seeded(call):
        if last in ("train_test_split",) and _is_false(call, "shuffle"):
            return None
        return "numpy"
    if dotted.startswith("scipy.stats.") and dotted.endswith(".rvs") and not _seeded(call):
        return "numpy"
    return None


def method_draws(name: str, kind: str, call: ast.Call) -> str | None:
    """Give the global generator that a method draws from.

    ``df.sample(3)`` without a ``random_state`` does.
    """
    if name == "sample" and kind in ("pandas", "unknown") and not _seeded(call):
        return "numpy"
    return "numpy" if name == "rvs" and not _seeded(call) else None


def makes_generator(dotted: str) -> bool:
    """Say whether a function gives a random generator of its own."""
    return kind_of(dotted) == "rng"


def _seeded(call: ast.Call) -> bool:
    for word in call.keywords:
        if word.arg is None:
            return True
        if word.arg in ("random_state", "seed", "rng", "generator"):
            return not (isinstance(word.value, ast.Constant) and word.value.value is None)
    return False


def _is_false(call: ast.Call, name: str) -> bool:
    return any(
        word.arg == name and isinstance(word.value, ast.Constant) and word.value.value is False
        for word in call.keywords
    )
