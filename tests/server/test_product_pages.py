"""Profiles, sorted and filtered rows, parts of JSON and compared products over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from test_runs import ended, started


async def test_a_frame_is_looked_at_and_compared(call: Any, project: Path) -> None:
    ids = []
    for limit in ("41", "7"):
        run = await ended(call, (await started(call, variables={"limit": limit}))["id"])
        ids.append([block["products"][0]["id"] for block in run["block_runs"]])
    (frame, total), (other, _) = ids

    status, profile = await call("GET", f"products/{frame}/profile")
    assert status == 200, profile
    assert [one["name"] for one in profile["profiles"]] == ["name", "amount"]
    assert profile["profiles"][1]["max"] == 41

    above = json.dumps([{"column": "amount", "op": "ge", "value": 1}])
    status, page = await call(
        "GET", f"products/{frame}/rows", {"sort": "-amount", "filter": above, "limit": 1}
    )
    assert status == 200, page
    assert (page["total"], page["rows"]) == (2, [["b", 41]])
    for wrong in ({"sort": "none"}, {"filter": "["}, {"filter": above.replace("1", '"x"')}):
        status, said = await call("GET", f"products/{frame}/rows", wrong)
        assert status == 400, said

    status, found = await call("GET", "products/diff", {"before": frame, "after": other})
    assert status == 200, found
    assert found["key"] == ["name"]
    assert found["rows"]["changed"] == 1
    status, said = await call("GET", "products/diff", {"before": frame})
    assert status == 400, said

    status, tree = await call("GET", f"products/{total}/tree")
    assert (status, tree["type"]) == (200, "number")
    status, said = await call("GET", f"products/{total}/tree", {"path": "/a"})
    assert status == 404, said
    status, said = await call("GET", "products/none/profile")
    assert status == 404, said
