"""Large notebooks: outputs stay the text that they are, since no analysis reads them."""

from __future__ import annotations

import copy
import re
from typing import Any

LARGE = 2_000_000
"""From this length on a notebook's outputs are left as text, in characters."""

_KEY = re.compile(r'"outputs"\s*:\s*\[')
_MARKS = re.compile(r'["\[\]]')
_SMALL = 2_000
_MARK = "stored outputs "
_MARKED = re.compile(rf'\[\s*"{_MARK}(\d+)"\s*\]')


class StoredOutputs(list[Any]):
    """The outputs of one cell, left as text.

    Args:
        text: the JSON array, as it stood in the file.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def __deepcopy__(self, memo: dict[int, Any]) -> StoredOutputs:
        """Give itself: the text never changes."""
        return self

    def __eq__(self, other: object) -> bool:
        """Outputs are the same when their text is."""
        return isinstance(other, StoredOutputs) and self.text == other.text

    __hash__ = None


def lean(text: str) -> tuple[str, list[str]]:
    """Take large outputs out of a notebook's text.

    Returns:
        the text with a mark in the place of each, and what stood there.
    """
    kept: list[str] = []
    parts: list[str] = []
    end = 0
    while (found := _KEY.search(text, end)) is not None:
        start = found.end() - 1
        close = _close(text, start)
        if close - start < _SMALL:
            parts.append(text[end:close])
        else:
            parts += [text[end:start], f'["{_MARK}{len(kept)}"]']
            kept.append(text[start:close])
        end = close
    return "".join([*parts, text[end:]]), kept


def put_back(cells: list[Any], kept: list[str]) -> None:
    """Give parsed cells their outputs, as text."""
    for cell in cells:
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        if isinstance(outputs, list) and len(outputs) == 1 and str(outputs[0]).startswith(_MARK):
            cell["outputs"] = StoredOutputs(kept[int(outputs[0].removeprefix(_MARK))])


def marked(notebook: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Give a notebook with a mark in the place of outputs that are text, and these texts."""
    cells = notebook.get("cells") or []
    if not any(isinstance(_outputs(cell), StoredOutputs) for cell in cells):
        return notebook, []
    texts: list[str] = []
    new = copy.copy(notebook)
    new["cells"] = []
    for cell in cells:
        outputs = _outputs(cell)
        if isinstance(outputs, StoredOutputs):
            new["cells"].append(cell | {"outputs": [f"{_MARK}{len(texts)}"]})
            texts.append(outputs.text)
        else:
            new["cells"].append(cell)
    return new, texts


def unmarked(text: str, texts: list[str]) -> str:
    """Put outputs back into a notebook's text."""
    if not texts:
        return text
    parts: list[str] = []
    end = 0
    for found in _MARKED.finditer(text):
        parts += [text[end : found.start()], texts[int(found[1])]]
        end = found.end()
    return "".join([*parts, text[end:]])


def _outputs(cell: Any) -> Any:
    return cell.get("outputs") if isinstance(cell, dict) else None


def _close(text: str, start: int) -> int:
    """Give the place after the bracket that closes the one at a place."""
    depth, at = 0, start
    while (found := _MARKS.search(text, at)) is not None:
        at = found.end()
        if found[0] == '"':
            at = _after_string(text, at)
            continue
        depth += 1 if found[0] == "[" else -1
        if depth == 0:
            return at
    return len(text)


def _after_string(text: str, at: int) -> int:
    """Give the place after the string that begins at a place: strings may be megabytes long."""
    while True:
        at = text.find('"', at) + 1
        if at == 0:
            return len(text)
        back = at - 2
        while text[back] == "\\":
            back -= 1
        if (at - back) % 2 == 0:
            return at
