"""Triggers are named by id, by name, by pipeline and name, or by their place in a file."""

from __future__ import annotations

import pytest

from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.trigger import Trigger, TriggerKind, TriggerSpec
from mage_jlab.services import trigger_refs


def spec(pipeline: str, name: str, **more: object) -> TriggerSpec:
    fields = {"kind": TriggerKind.CRON, "spec": "30 2 * * *", **more}
    return TriggerSpec.model_validate({"name": name, "pipeline": pipeline, **fields})


def trigger(pipeline: str, name: str) -> Trigger:
    return trigger_refs.merge("p", spec(pipeline, name), None)


def test_a_place_in_a_file_comes_back_as_it_was() -> None:
    ref = trigger_refs.write("uuid-1", "größe", "jede Nacht")
    assert trigger_refs.read(ref) == ("uuid-1", "größe", "jede Nacht")
    assert "/" not in ref


@pytest.mark.parametrize("ref", ["nightly", "0190-abc", "file.", "file.%%%", "file.W10"])
def test_anything_else_is_no_place_in_a_file(ref: str) -> None:
    assert trigger_refs.read(ref) is None


def test_a_name_must_be_unique_and_a_path_need_not() -> None:
    triggers = [trigger("sales", "nightly"), trigger("stock", "nightly"), trigger("sales", "noon")]
    assert trigger_refs.choose("noon", triggers) is triggers[2]
    assert trigger_refs.choose("stock/nightly", triggers) is triggers[1]
    assert trigger_refs.choose(triggers[0].id, triggers) is triggers[0]
    with pytest.raises(BadInputError, match="sales/nightly, stock/nightly"):
        trigger_refs.choose("nightly", triggers)
    with pytest.raises(NotFoundError, match="weekly"):
        trigger_refs.choose("weekly", triggers)


def test_the_file_defines_and_the_ledger_adds_what_it_knows() -> None:
    known = trigger("sales", "nightly").model_copy(update={"id": "0190", "enabled": True})
    merged = trigger_refs.merge("p", spec("sales", "nightly", tz="Europe/Berlin"), known)
    assert (merged.id, merged.enabled, merged.tz) == ("0190", True, "Europe/Berlin")
    alone = trigger_refs.merge("p", spec("sales", "nightly"), None)
    assert not alone.enabled
