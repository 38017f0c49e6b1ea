"""Every error that can be expected has a status, a sentence and a reason."""

from __future__ import annotations

import errno

import pytest
from pydantic import ValidationError
from tornado import web

from mage_jlab.api.errors import TooLargeError, explain
from mage_jlab.api.wire import ExportNotebook, NewTrigger, StartRun
from mage_jlab.domain.errors import ConflictError, NotFoundError, UnreadableFileError
from mage_jlab.domain.word import Word


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotFoundError("There is no run x."), (404, "There is no run x.", "not-found")),
        (ConflictError("It changed.", "name-taken"), (409, "It changed.", "name-taken")),
        (UnreadableFileError("Bad.", "a.yaml", 3), (422, "Bad.", "unreadable-file")),
        (TooLargeError("Large."), (413, "Large.", "too-large")),
        (web.HTTPError(403), (403, "Forbidden", "forbidden")),
        (web.HTTPError(404, "all of %s", "it"), (404, "all of it", "not-found")),
        (web.HTTPError(400, "100 % wrong"), (400, "100 % wrong", "bad-input")),
        (web.HTTPError(405), (405, "Method Not Allowed", "method-not-allowed")),
    ],
)
def test_what_is_expected_is_explained(error: Exception, expected: tuple[int, str, str]) -> None:
    assert explain(error) == expected


def test_a_full_disk_is_said_and_a_bug_is_not_explained() -> None:
    found = explain(OSError(errno.ENOSPC, "No space left on device"))
    assert found is not None
    assert (found[0], found[2]) == (503, "disk-full")
    assert explain(OSError(errno.EPERM, "no")) is None
    assert explain(KeyError("x")) is None


@pytest.mark.parametrize(
    ("model", "body", "words"),
    [
        (StartRun, {"project": "p"}, "pipeline"),
        (StartRun, {"project": "p", "pipeline": "q", "variables": []}, "variables"),
        (StartRun, {"project": "p", "pipeline": "q", "form": "x"}, "form"),
        (ExportNotebook, {"path": "a.ipynb", "dry_run": "perhaps"}, "dry_run"),
        (NewTrigger, {"name": "n", "pipeline": "p", "kind": "moon", "spec": ""}, "kind"),
    ],
)
def test_a_field_that_does_not_fit_is_named(
    model: type[Word], body: dict[str, object], words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(body)
    found = explain(refused.value)
    assert found is not None
    assert found[0] == 400
    assert found[1].startswith(words)


def test_from_is_a_key_of_a_run_to_start() -> None:
    body = StartRun.model_validate({"project": "p", "pipeline": "q", "from": "clean"})
    assert body.from_ == "clean"
