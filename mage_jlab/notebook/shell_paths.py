"""The files that a command of the shell reads and writes, as far as its words say it."""

from __future__ import annotations

import re

from mage_jlab.notebook.known import names
from mage_jlab.notebook.literal_paths import PATH

_READING = names("reading_commands")
_INTO = frozenset(
    {"-O", "-o", "-d", "-P", "-C", "-p", "--output", "--output-document", "--directory"}
)


def command_paths(text: str) -> tuple[set[str], set[str]]:
    """Give the paths that commands read, and those that they may write.

    Args:
        text: the command, or several lines of them.
    """
    read: set[str] = set()
    written: set[str] = set()
    for command in re.split(r"\|\|?|&&?|;|\n", text):
        words = [word.strip("'\"") for word in re.sub(r"(\d?>>?)", r" \1 ", command).split()]
        reads_only = bool(words) and words[0].rsplit("/", 1)[-1] in _READING
        before = ""
        for word in words:
            if re.fullmatch(r"\d?>>?", before):
                written.add(word)
            elif before == "<" or (reads_only and PATH.match(word)):
                read.add(word)
            elif PATH.match(word) or (before in _INTO and not word.startswith("-")):
                written.add(word)
            before = word
    written -= {"/dev/null", "&1", "&2"}
    return read, written
