"""Which calls draw from a random generator that a whole session shares, and which seed it."""

from __future__ import annotations

import ast

from mage_jlab.notebook.known import DRAWING_ESTIMATORS

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
    return "numpy" if root == "seaborn" and _jitters(last, call) else None


def _jitters(name: str, call: ast.Call) -> bool:
    """Say whether a plot of seaborn moves its points at random: error bars draw from their own."""
    words = {word.arg: word.value for word in call.keywords}
    if name in ("regplot", "lmplot"):
        return bool(words.keys() & {"x_jitter", "y_jitter"})
    if name == "catplot" and not _is_constant(words.get("kind"), "strip", None):
        return False
    return name in ("stripplot", "catplot") and not (
        "jitter" in words and _is_constant(words["jitter"], False, 0)
    )


def _is_constant(node: ast.expr | None, *values: object) -> bool:
    """Say whether an argument is one of these; one that is not given is None."""
    return node is None or (isinstance(node, ast.Constant) and node.value in values)


def method_draws(name: str, kind: str, call: ast.Call) -> str | None:
    """Give the global generator that a method draws from.

    ``df.sample(3)`` without a ``random_state`` does.
    """
    if name == "sample" and kind in ("pandas", "unknown") and not _seeded(call):
        return "numpy"
    # statsmodels' models simulate so
    return "numpy" if name in ("rvs", "simulate") and not _seeded(call) else None


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
