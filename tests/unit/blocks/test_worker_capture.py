"""Progress bars, threads, the limit of time of R and SQL blocks, and what R uses."""

from __future__ import annotations

import pytest

from mage_jlab.domain.attempt import OutcomeKind
from mage_jlab.domain.block import Language

HEAD = "@transformer\n"


def test_a_bar_of_tqdm_is_one_line(workshop):
    workshop.good(
        HEAD
        + "def f():\n    from tqdm import tqdm\n"
        + "    for _ in tqdm(range(5000), mininterval=0):\n        pass\n    print('done')\n"
    )
    lines = [(line["level"], line["text"]) for line in workshop.log()]
    assert len(lines) == 2
    assert ("stdout", "done") in lines
    (bar,) = (text for level, text in lines if level == "stderr")
    assert "5000/5000" in bar


def test_lines_of_threads_stay_whole(workshop):
    workshop.good(
        """
        import threading
        def say(n):
            for line in range(50):
                print(f"thread {n} line {line}\\n", end="")
        @transformer
        def f():
            threads = [threading.Thread(target=say, args=(n,)) for n in range(4)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
        """
    )
    assert sorted(line["text"] for line in workshop.log()) == sorted(
        f"thread {n} line {line}" for n in range(4) for line in range(50)
    )


@pytest.mark.parametrize(
    ("language", "ending", "source"),
    [
        (Language.R, "r", "Sys.sleep(60)\n"),
        (
            Language.SQL,
            "sql",
            "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
        ),
    ],
)
def test_blocks_of_other_languages_past_their_timeout_are_stopped(
    workshop, language, ending, source
):
    task = workshop.task("", timeout=2.0, inputs={}, results=["x"], name=f"slow_{ending}")
    file = f"transformers/slow.{ending}"
    workshop.write(file, source)
    block = task.block.model_copy(update={"language": language, "file": file})
    workshop.executor.submit(task.model_copy(update={"block": block}))
    outcome = workshop.outcomes.get(timeout=30)
    assert (outcome.kind, outcome.error.type) == (OutcomeKind.TIMEOUT, "Timeout")
    assert workshop.good(HEAD + "def f():\n    return 1\n")


def test_what_a_warm_r_uses_counts(workshop):
    workshop.write("transformers/large.r", "x <- numeric(4e7)\nx[1] <- 1\nfor (i in 1:2e7) i\n")
    for _ in range(2):
        task = workshop.task("", inputs={}, results=[], name=f"large{workshop.count}")
        block = task.block.model_copy(
            update={"language": Language.R, "file": "transformers/large.r"}
        )
        workshop.executor.submit(task.model_copy(update={"block": block}))
        outcome = workshop.outcomes.get(timeout=30)
        assert outcome.kind is OutcomeKind.SUCCESS, outcome.error
        assert outcome.peak_memory > 320_000_000
        assert outcome.cpu > 0.2
