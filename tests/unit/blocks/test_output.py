"""What a block writes and shows: the log, warnings, native output, displayed values and figures."""

from __future__ import annotations

import base64
import json
import time

from mage_jlab.domain.attempt import OutcomeKind
from mage_jlab.store.products import read_bundle

HEAD = "@transformer\n"


def _texts(workshop, level=None):
    return [line["text"] for line in workshop.log() if level in (None, line["level"])]


def test_prints_logging_and_warnings_have_their_levels(workshop):
    workshop.good(
        """
        import logging, sys, warnings
        @transformer
        def f():
            print("to out")
            print("to err", file=sys.stderr)
            sys.stdout.buffer.write("bytes ü\\n".encode())
            logging.getLogger("lib").error("a record")
            logging.getLogger("lib").debug("too fine")
            warnings.warn("take care")
            print("no end", end="")
        """,
        name="talks",
    )
    lines = workshop.log()
    assert [(line["level"], line["text"].split(" (")[0]) for line in lines] == [
        ("stdout", "to out"),
        ("stderr", "to err"),
        ("stdout", "bytes ü"),
        ("error", "a record"),
        ("warning", "UserWarning: take care"),
        ("stdout", "no end"),
    ]
    assert all(line["block"] == "talks" and line["at"].endswith("Z") for line in lines)


def test_what_native_code_and_children_print_is_there(workshop):
    workshop.good(
        """
        import os, subprocess
        @transformer
        def f():
            os.write(1, b"straight to the descriptor\\n")
            subprocess.run("echo from a child; echo and its errors >&2", shell=True)
        """
    )
    assert sorted(_texts(workshop)) == [
        "and its errors",
        "from a child",
        "straight to the descriptor",
    ]


def test_what_forked_children_print_is_there_once(workshop):
    workshop.good(
        """
        import multiprocessing
        def square(n):
            for line in range(20):
                print("child", n, line)
            return n * n
        @transformer
        def f():
            print("before")
            with multiprocessing.get_context("fork").Pool(2) as pool:
                print(sum(pool.map(square, range(4))))
        """
    )
    texts = _texts(workshop)
    assert sorted(texts) == sorted(
        ["before", "14", *(f"child {n} {line}" for n in range(4) for line in range(20))]
    )


def test_child_processes_can_draw_too(workshop):
    workshop.good(
        """
        import subprocess, sys
        @transformer
        def f():
            code = "import matplotlib.pyplot as plt; plt.plot([1]); print(plt.get_backend())"
            subprocess.run([sys.executable, "-c", code], check=True)
        """
    )
    assert _texts(workshop, "stdout") == ["agg"]


def test_progress_bars_are_folded(workshop):
    workshop.good(
        """
        import sys
        @transformer
        def f():
            for step in range(1000):
                sys.stderr.write(f"\\r{step / 10:.0f}%|####")
            sys.stderr.write("\\n")
            print("dos line\\r")
        """
    )
    assert _texts(workshop) == ["100%|####", "dos line"]


def test_fifty_megabytes_of_prints_are_cut_and_do_not_slow_the_block(workshop):
    started = time.monotonic()
    outcome = workshop.run(
        HEAD + "def f():\n    line = 'x' * 99\n    for _ in range(500_000):\n        print(line)\n"
    )
    assert outcome.kind is OutcomeKind.SUCCESS
    assert time.monotonic() - started < 20
    lines = _texts(workshop)
    assert lines[-1] == "More than 10 MB were written: the rest is left out."
    assert 9_000_000 < sum(map(len, lines)) < 11_000_000


def test_a_line_is_in_the_log_while_the_block_runs(workshop):
    task = workshop.task(
        HEAD
        + "def f():\n    import time\n    for i in range(3):\n        print('now', i)\n"
        + "    time.sleep(5)\n"
    )
    workshop.executor.submit(task)
    deadline = time.monotonic() + 4
    while len(workshop.log()) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert _texts(workshop) == ["now 0", "now 1", "now 2"]
    workshop.executor.cancel(task.block_run, task.token)
    workshop.outcomes.get(timeout=10)


def test_the_last_expression_of_a_cell_is_shown(workshop):
    source = """
        @transformer
        def f(**kwargs):
            x = {"a": 1}
            print("printed"); x
            x["a"]%s
            return x
        """
    shown = workshop.good(source % "", inputs={}, results=["x"], body=(3, 5))
    assert json.loads(shown["_display"].inline)["mime"] == {"text/plain": "1"}
    assert workshop.load(shown["x"]) == {"a": 1}
    silent = workshop.good(source % ";  # quiet", inputs={}, results=["x"], body=(3, 5))
    assert list(silent) == ["x"]
    nothing = workshop.good(source % " and None", inputs={}, results=["x"], body=(3, 5))
    assert list(nothing) == ["x"]


def test_a_function_cell_shows_nothing_by_itself(workshop):
    out = workshop.good(
        "@transformer\ndef f(**kwargs):\n    x = 1\n    x\n", inputs={}, results=[], body=(1, 4)
    )
    assert out == {}


def test_frames_and_display_show_html(workshop):
    out = workshop.good(
        """
        import pandas as pd
        @transformer
        def f(**kwargs):
            df = pd.DataFrame({"a": [1, 2]})
            display(df, "text")
            df
        """,
        inputs={},
        results=[],
        body=(4, 6),
    )
    assert list(out) == ["_display", "_display_2", "_display_3"]
    assert "<table" in read_bundle(workshop.products, out["_display"])["text/html"]
    assert read_bundle(workshop.products, out["_display_2"])["text/plain"] == "'text'"


def test_display_of_ipython_shows_in_the_block_run(workshop):
    out = workshop.good(
        """
        from IPython.display import HTML, display
        @transformer
        def f():
            display(HTML("<b>hi</b>"))
            display({"application/x": {"a": 1}}, raw=True)
            display({"application/x": {1, 2}}, raw=True)
            return None
        """
    )
    bundles = [read_bundle(workshop.products, product) for product in out.values()]
    assert bundles[0]["text/html"] == "<b>hi</b>"
    assert bundles[1] == {"application/x": {"a": 1}}
    assert len(bundles) == 2
    assert _texts(workshop) == ["dict cannot be shown: Object of type set is not JSON serializable"]


def test_figures_are_shown_once_and_closed(workshop):
    out = workshop.good(
        """
        import matplotlib.pyplot as plt
        @transformer
        def f(**kwargs):
            plt.plot([1, 2]); plt.show()
            plt.plot([3, 4])
            fig, ax = plt.subplots()
            ax.plot([1])
            plt.gcf()
            return fig
        """,
        inputs={},
        results=["fig"],
        body=(4, 8),
    )
    assert list(out) == ["fig", "_display", "_display_2", "_display_3"]
    image = read_bundle(workshop.products, out["fig"])["image/png"]
    assert base64.b64decode(image).startswith(b"\x89PNG")
    below = workshop.good(
        """
        import matplotlib.pyplot as plt
        @transformer
        def g(fig, **kwargs):
            assert plt.get_fignums() == []
            return [len(fig.axes), type(fig).__name__]
        """,
        inputs={"fig": "up.fig"},
        results=["seen"],
        above={"up": [out["fig"]]},
    )
    assert workshop.load(below["seen"]) == [1, "Figure"]


def test_a_chart_block_gives_a_figure(workshop):
    spec = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"}
    out = workshop.good(
        f"@chart\ndef bars():\n    return {spec!r}\n", "chart", inputs={}, results=["bars"]
    )
    assert out["bars"].type == "figure"
    bundle = read_bundle(workshop.products, out["bars"])
    assert bundle["application/vnd.vegalite.v5+json"] == spec
    assert workshop.load(out["bars"]) == spec


def test_a_sensor_that_says_no_ends_and_is_asked_again_later(workshop, tmp_path):
    source = f"""
        import pathlib
        @sensor
        def ready(**kwargs):
            path = pathlib.Path({str(tmp_path / "count")!r})
            count = len(path.read_text()) if path.exists() else 0
            path.write_text("x" * (count + 1))
            return count >= 2
        """
    for _ in range(2):
        outcome = workshop.run(source, "sensor", configuration={"poll_interval": 0.01})
        assert (outcome.kind, outcome.again) == (OutcomeKind.WAITING, 0.01)
        assert _texts(workshop) == ["Not yet: asked again in 0.01 s."]
    assert workshop.good(source, "sensor") == {}
    assert (tmp_path / "count").read_text() == "xxx"


def test_conditions_answer(workshop):
    for answer, expected in (("1", True), ("[]", False)):
        outcome = workshop.run(f"@condition\ndef c():\n    return {answer}\n", "conditional")
        assert outcome.kind is OutcomeKind.SUCCESS
        assert outcome.condition is expected
    outcome = workshop.run("@condition\ndef c():\n    return 1 / 0\n", "conditional")
    assert (outcome.kind, outcome.error.type) == (OutcomeKind.FAILED, "ZeroDivisionError")
