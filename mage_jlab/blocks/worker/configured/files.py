"""Frames in files of the project: CSV, Parquet, JSON and Arrow."""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any, Callable

from ..failures import StatedError
from ..sql.failures import missing_package

ENDINGS = {
    "csv": "csv",
    "parquet": "parquet",
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "arrow": "arrow",
    "feather": "arrow",
}
"""The endings that say a file's format."""

FORMATS = tuple(dict.fromkeys(ENDINGS.values()))


def resolved(path: str, task: dict[str, Any]) -> str:
    """Give where a file of a block is.

    Args:
        path: as the block says it, relative to the working folder.
        task: the attempt.

    Raises:
        StatedError: when it is neither in the project nor in its variables folder, links followed.
    """
    # products lie in <variables folder>/mage_jlab/<project's uuid>/products
    data = os.path.normpath(os.path.join(task["products"], *[os.pardir] * 3))
    found = os.path.realpath(os.path.join(task["cwd"], os.path.expanduser(path)))
    for root in (task["place"], data):
        if found.startswith(os.path.realpath(root).rstrip(os.sep) + os.sep):
            return found
    raise StatedError(
        "OutsideProject",
        f"{path} is outside of the project and its variables folder, where YAML blocks read and "
        "write: move it there, or write the block in Python.",
    )


def format_of(path: str, named: str | None) -> str:
    """Give the format of a file: the one that is named, or what its ending says.

    Raises:
        StatedError: when it is none of :data:`FORMATS`.
    """
    wanted = named or os.path.splitext(path)[1].lstrip(".")
    found = ENDINGS.get(wanted.lower())
    if found is None:
        raise StatedError(
            "UnknownFormat",
            f"{named or path} is of no format that YAML blocks know: format can be "
            f"{', '.join(FORMATS)}.",
        )
    return found


def read(path: str, kind: str) -> Any:
    """Give the frame of a file.

    Args:
        path: where it is.
        kind: one of :data:`FORMATS`.

    Raises:
        StatedError: when it cannot be read.
    """
    pd = _pandas()
    readers: dict[str, Callable[[str], Any]] = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "json": lambda file: pd.DataFrame(_records(file)),
        "jsonl": lambda file: pd.DataFrame(_records(file, lines=True)),
        "arrow": _read_arrow,
    }
    try:
        return readers[kind](path)
    except ImportError as error:
        raise missing_package(error.name or "pyarrow") from None
    except FileNotFoundError:
        raise StatedError("NoFile", f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise StatedError("BadFile", f"{path} cannot be read as {kind}: {error}") from None


def write(frame: Any, path: str, kind: str, token: int) -> None:
    """Write a frame aside, then in the place of the file.

    An index other than the plain one is kept: as first columns, but in Parquet and Arrow as itself.

    Args:
        frame: a pandas frame.
        path: where the file is to be.
        kind: one of :data:`FORMATS`.
        token: the attempt's, so that no two write the same file aside.

    Raises:
        StatedError: when it cannot be written; the former file is still there then.
    """
    pd = _pandas()
    flat = frame if isinstance(frame.index, pd.RangeIndex) else None
    aside = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{token}.part")
    try:
        if kind in ("json", "jsonl") and flat is None:
            frame = frame.reset_index()
        os.makedirs(os.path.dirname(path), exist_ok=True)
        writers: dict[str, Callable[[], Any]] = {
            "csv": lambda: frame.to_csv(aside, index=flat is None),
            "parquet": lambda: frame.to_parquet(aside),
            "json": lambda: frame.to_json(aside, orient="records", date_format="iso"),
            "jsonl": lambda: frame.to_json(aside, orient="records", lines=True, date_format="iso"),
            "arrow": lambda: _write_arrow(frame, aside),
        }
        writers[kind]()
        with open(aside, "rb") as written:
            os.fsync(written.fileno())
        os.replace(aside, path)
    except ImportError as error:
        raise missing_package(error.name or "pyarrow") from None
    except (OSError, ValueError, TypeError) as error:
        raise StatedError("NotWritten", f"{path} cannot be written as {kind}: {error}") from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(aside)


def as_frame(value: Any, block: str) -> Any:
    """Give what a block above gave as a pandas frame.

    Raises:
        StatedError: when it is no table.
    """
    pd = _pandas()
    if isinstance(value, pd.DataFrame):
        return value
    if isinstance(value, pd.Series):
        return value.to_frame()
    if hasattr(value, "to_pandas"):
        return value.to_pandas()
    from ..sql.inputs import from_value

    table = from_value(value)
    if table is None:
        raise StatedError(
            "NoTable", f"{block} gave a {type(value).__name__}, and only a table can be written."
        )
    return table.to_pandas()


def _records(path: str, *, lines: bool = False) -> Any:
    """Read JSON; unlike pandas' own reader this takes no text for a number or a date."""
    with open(path, encoding="utf-8-sig") as file:
        return [json.loads(line) for line in file if line.strip()] if lines else json.load(file)


def _read_arrow(path: str) -> Any:
    import pyarrow as pa

    with pa.memory_map(path) as file:
        try:
            return pa.ipc.open_file(file).read_all().to_pandas()
        except pa.ArrowInvalid:
            file.seek(0)
            return pa.ipc.open_stream(file).read_all().to_pandas()


def _write_arrow(frame: Any, path: str) -> None:
    import pyarrow as pa

    table = pa.Table.from_pandas(frame)
    with pa.OSFile(path, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _pandas() -> Any:
    try:
        import pandas as pd
    except ImportError:
        raise missing_package("pandas") from None
    return pd
