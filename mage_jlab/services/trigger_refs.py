"""How a trigger is named: by the ledger's id, by its name, or by its place in a file."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.trigger import Trigger, TriggerSpec

_PREFIX = "file."


def write(project_id: str, pipeline: str, name: str) -> str:
    """Give the id of a trigger that a file has and the ledger has not seen yet."""
    text = json.dumps([project_id, pipeline, name])
    return _PREFIX + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(ref: str) -> tuple[str, str, str] | None:
    """Give project, pipeline and name of such an id; None when it is none."""
    if not ref.startswith(_PREFIX):
        return None
    coded = ref.removeprefix(_PREFIX)
    try:
        project_id, pipeline, name = json.loads(
            base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
        )
    except (ValueError, TypeError):
        return None
    return str(project_id), str(pipeline), str(name)


def choose(ref: str, triggers: Sequence[Trigger]) -> Trigger:
    """Give the trigger of a project that an id, a name or ``pipeline/name`` means.

    Raises:
        NotFoundError: when none is meant.
        BadInputError: when several have this name.
    """
    for trigger in triggers:
        if ref in (trigger.id, f"{trigger.pipeline}/{trigger.name}"):
            return trigger
    named = [trigger for trigger in triggers if trigger.name == ref]
    if len(named) == 1:
        return named[0]
    if named:
        places = ", ".join(f"{trigger.pipeline}/{trigger.name}" for trigger in named)
        raise BadInputError(f"Several triggers are called {ref}: {places}. Say which.")
    raise NotFoundError(f"There is no trigger {ref} in this project.")


def merge(project_id: str, spec: TriggerSpec, known: Trigger | None) -> Trigger:
    """Give a trigger as its file defines it, with what the ledger knows of it."""
    defined = {
        name: getattr(spec, name)
        for name in (
            "name",
            "pipeline",
            "kind",
            "spec",
            "tz",
            "active",
            "variables",
            "catch_up",
            "overlap",
            "description",
        )
    }
    if known is not None:
        return known.model_copy(update=defined)
    new_id = write(project_id, spec.pipeline, spec.name)
    return Trigger(id=new_id, project=project_id, enabled=False, **defined)
