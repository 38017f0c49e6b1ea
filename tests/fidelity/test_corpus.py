"""The corpus against the one rule: each notebook is read, and its pipeline gives what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.fidelity.corpus import FOLDER, named, repositories
from tests.fidelity.static import check
from tests.fidelity.verdict import Verdict, judge

ALL = [path for repository in repositories() for path in repository.paths()]
RUN = [one.folder / path for one in repositories() for path in one.runs]
REFUSED = {
    named(one.folder / path): codes for one in repositories() for path, codes in one.refused.items()
}


@pytest.fixture(scope="module")
def verdict() -> Iterator[Callable[[str], Verdict]]:
    """Give the verdict of a notebook; all are judged from the first question on, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        futures: dict[str, Future[Verdict]] = {
            named(path): pool.submit(judge, path) for path in RUN
        }
        yield lambda name: futures[name].result()
        for future in futures.values():
            future.cancel()


@pytest.mark.parametrize("name", [named(path) for path in ALL])
def test_a_public_notebook_is_analysed_without_a_crash(name: str) -> None:
    found = check(FOLDER / name)
    assert found.crash is None


@pytest.mark.parametrize("name", [named(path) for path in RUN])
def test_the_pipeline_gives_what_the_notebook_gives(
    verdict: Callable[[str], Verdict], name: str
) -> None:
    found = verdict(name)
    if name in REFUSED:
        assert (found.kind, found.codes) == ("refused", REFUSED[name]), found.details
    else:
        assert found.kind == "equal", "\n".join(found.details)
    assert found.edges is not None
    assert found.edges.missing == []


def test_most_notebooks_become_pipelines_and_most_edges_are_real(
    verdict: Callable[[str], Verdict],
) -> None:
    found = [verdict(named(path)) for path in RUN]
    assert len(ALL) >= 60
    assert len(repositories()) >= 4
    assert len(RUN) >= 45
    assert sum(one.kind == "equal" for one in found) >= 0.8 * len(RUN)
    edges = [one.edges for one in found if one.edges is not None]
    drawn, false = sum(one.drawn for one in edges), sum(len(one.false) for one in edges)
    assert drawn >= 100
    assert (drawn - false) / drawn >= 0.95
