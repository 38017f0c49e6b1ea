"""Values that have no form of their own: cloudpickle, which also carries a block's own classes."""

from __future__ import annotations

import pickle
import sys
from typing import Any

from ..failures import StatedError


def dump(value: Any) -> bytes:
    """Pickle a value; classes and functions that a block defined travel with it.

    Raises:
        StatedError: when cloudpickle is needed and missing.
    """
    blocks = [name for name in sys.modules if name.startswith("mage_jlab_block_")]
    try:
        import cloudpickle
    except ImportError:
        data = pickle.dumps(value, protocol=5)
        if b"mage_jlab_block_" in data or b"__main__" in data:
            raise StatedError("MissingPackage", missing("cloudpickle")) from None
        return data
    for name in blocks:
        cloudpickle.register_pickle_by_value(sys.modules[name])
    try:
        data = cloudpickle.dumps(value, protocol=5)
    finally:
        for name in blocks:
            cloudpickle.unregister_pickle_by_value(sys.modules[name])
    return bytes(data)


def load(data: bytes) -> Any:
    """Unpickle what ``dump`` gave; only workers and kernels do this, after the checksum."""
    return pickle.loads(data)  # noqa: S301  # made by this project's own worker


def missing(package: str) -> str:
    """Say that a package is missing in this interpreter, and what to do."""
    return (
        f"{package} is not installed in {sys.executable}, the environment of this pipeline: "
        f"install it there (pip install {package})."
    )
