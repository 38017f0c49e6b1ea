"""Projects: a folder with a ``metadata.yaml``."""

from __future__ import annotations

import hashlib

from mage_jlab.domain.word import Word


class Project(Word):
    """A project: its uuid, and its place (the real path of its folder).

    ``path`` is the same folder as the reader names it: relative to the server's root in the API,
    absolute on the command line.
    """

    id: str
    uuid: str
    name: str
    path: str


def project_id(uuid: str, place: str) -> str:
    """Give the id of a project: a copy of it at another place is another project."""
    return f"{uuid}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"
