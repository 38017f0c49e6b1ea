"""What the retention gives up: its rules, and that nothing needed ever goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mage_jlab.domain.errors import UnreadableFileError
from mage_jlab.domain.run import RunState
from mage_jlab.store.project_files import ProjectFiles
from mage_jlab.store.project_folder import lay_out
from mage_jlab.store.retention import DAY, Held, PipelineRetention, choose, past, read_rules

NOW = 1000 * DAY
PLENTY = 10**15


def _held(run: int, state: str = "success", **more: object) -> Held:
    values: dict[str, object] = {
        "id": f"p{run}", "uri": f"r{run}/b/_/1/x", "checksum": f"c{run}", "bytes": 10,
        "run": f"r{run}", "pipeline": "sales", "block": "b", "state": RunState(state),
        "at": run, "ended": NOW,
    }  # fmt: skip
    return Held(**{**values, **more})  # type: ignore[arg-type] # the test names the fields


def _gone(*held: Held, room: int = PLENTY, **rules: float) -> dict[str, str]:
    of_pipeline = PipelineRetention.model_validate(rules)
    return {one.uri: one.why for one in choose(held, lambda _: of_pipeline, now=NOW, room=room)}


def test_the_last_successes_stay() -> None:
    gone = _gone(*(_held(run) for run in range(5)))
    assert gone == dict.fromkeys(("r0/b/_/1/x", "r1/b/_/1/x"), "3 later runs succeeded")
    assert len(_gone(*(_held(run) for run in range(5)), successes=1)) == 4


def test_failures_stay_for_some_days() -> None:
    old, young = NOW - 8 * DAY, NOW - 6 * DAY
    gone = _gone(
        _held(1, "failed", ended=old),
        _held(2, "cancelled", ended=old),
        _held(3, "failed", ended=young),
    )
    assert set(gone) == {"r1/b/_/1/x", "r2/b/_/1/x"}
    assert "more than 7 days ago" in gone["r1/b/_/1/x"]


def test_a_live_run_keeps_what_an_old_one_made() -> None:
    shared = _held(0)
    user = _held(9, "running", uri=shared.uri, checksum=shared.checksum, ended=None)
    assert _gone(shared, *(_held(run) for run in range(1, 5)), user).keys() == {"r1/b/_/1/x"}


def test_the_current_product_of_a_block_stays_however_old() -> None:
    alone = _held(0, block="seldom")
    assert alone.uri not in _gone(alone, *(_held(run) for run in range(1, 9)), room=0)


def test_a_full_disk_takes_the_oldest_first_and_never_what_is_current() -> None:
    held = [_held(run) for run in range(1, 4)]
    assert _gone(*held, room=30) == {}
    assert set(_gone(*held, room=29)) == {"r1/b/_/1/x"}
    assert set(_gone(*held, room=0)) == {"r1/b/_/1/x", "r2/b/_/1/x"}


def test_equal_files_fill_the_disk_once() -> None:
    held = [_held(run, checksum="same") for run in range(1, 4)]
    assert _gone(*held, room=10) == {}


@st.composite
def histories(draw: st.DrawFn) -> list[Held]:
    """Runs of two pipelines, each with products of its own or taken from a run before."""
    rows: list[Held] = []
    states = st.sampled_from(["success", "success", "failed", "cancelled", "running", "queued"])
    for run in range(draw(st.integers(1, 14))):
        state = draw(states)
        own = {
            "pipeline": draw(st.sampled_from(["sales", "stock"])),
            "at": draw(st.integers(0, 20)),
            "ended": NOW - draw(st.integers(0, 15)) * DAY if RunState(state).ended else None,
        }
        for block in draw(st.sets(st.sampled_from("abc"), min_size=1)):
            taken = draw(st.none() | st.sampled_from(rows)) if rows else None
            files = {"uri": f"r{run}/{block}/_/1/x", "checksum": draw(st.sampled_from("uvwxyz"))}
            if taken is not None:
                files = {"uri": taken.uri, "checksum": taken.checksum}
            rows.append(_held(run, state, id=f"p{run}{block}", block=block, **own, **files))
    return rows


@given(histories(), st.integers(1, 4), st.integers(0, 10), st.sampled_from([0, 15, 40, PLENTY]))
def test_nothing_needed_ever_goes(
    history: list[Held], successes: int, days: int, room: int
) -> None:
    rules = PipelineRetention(successes=successes, failed_days=days)
    assert (
        not {row.run for row in history if not row.state.ended}
        & past(history, lambda _: rules, NOW).keys()
    )
    given_up = choose(history, lambda _: rules, now=NOW, room=room)
    gone = {id_ for one in given_up for id_ in one.products}
    uris = {one.uri for one in given_up}
    good = [row for row in history if row.state is RunState.SUCCESS]
    for row in history:
        assert (row.id in gone) == (row.uri in uris), "files go with all their products"
        if not row.state.ended:
            assert row.id not in gone
        same = [o for o in good if (o.pipeline, o.block) == (row.pipeline, row.block)]
        if row in same and row.run == max(same, key=lambda o: (o.at, o.run)).run:
            assert row.id not in gone
        newer = {o.run for o in good if o.pipeline == row.pipeline and o.at > row.at}
        if room == PLENTY and row in good and len(newer) < successes:
            runs = {o.run for o in good if o.pipeline == row.pipeline and o.at >= row.at}
            if len(runs) <= successes:
                assert row.id not in gone
    left = {row.checksum: row.bytes for row in history if row.uri not in uris}
    kept = [row for row in history if row.id not in gone]
    # what is over the limit still is needed, or shares its files with what is
    if sum(left.values()) > room:
        needed = {row.uri for row in kept if not row.state.ended or row in good}
        assert {row.uri for row in kept} <= needed


def _project(folder: Path, project: str, pipeline: str = "") -> ProjectFiles:
    lay_out(folder, "a" * 32)
    with (folder / "metadata.yaml").open("a") as file:
        file.write(project)
    own = folder / "pipelines" / "sales"
    own.mkdir()
    (own / "metadata.yaml").write_text("blocks: []\n")
    (own / "mage_jlab.yaml").write_text(pipeline)
    return ProjectFiles.open(folder)


def test_a_pipelines_rules_stand_above_the_projects(tmp_path: Path) -> None:
    files = _project(
        tmp_path / "p",
        "retention: {successes: 5, disk_share: 0.5}\n",
        "retention:\n  failed_days: 0.5\n",
    )
    project, of_pipeline = read_rules(files)
    assert (project.successes, project.failed_days, project.disk_share) == (5, 7, 0.5)
    assert of_pipeline("sales") == PipelineRetention(successes=5, failed_days=0.5)
    assert of_pipeline("gone") == PipelineRetention(successes=5)


@pytest.mark.parametrize(
    ("project", "pipeline", "said"),
    [
        ("retention: {successes: 0}\n", "", "metadata.yaml: retention.successes: "),
        ("retention: [3]\n", "", "metadata.yaml: retention is no mapping"),
        ("retention: {sucesses: 4}\n", "", "retention.sucesses is no key here; there are succ"),
        ("", "retention: {disk_share: 0.1}\n", "sales/mage_jlab.yaml: retention.disk_share is no"),
        ("", "retention: {failed_days: .nan}\n", "retention.failed_days: "),
        ("retention: {disk_share: 20}\n", "", "retention.disk_share: "),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, project: str, pipeline: str, said: str) -> None:
    files = _project(tmp_path / "p", project, pipeline)
    with pytest.raises(UnreadableFileError) as caught:
        read_rules(files)
    assert said in caught.value.message
