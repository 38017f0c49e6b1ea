"""One warm R process: nothing of a block is left for the next, and its end is noticed."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import pytest

from mage_jlab.blocks.worker.log import AttemptLog
from mage_jlab.blocks.worker.r import places, session
from mage_jlab.blocks.worker.r.serial import named, texts
from mage_jlab.blocks.worker.r.session import Session


def _pid(desk):
    return desk.out("out <- Sys.getpid()")


def test_blocks_share_one_process(desk):
    assert _pid(desk) == _pid(desk)


@pytest.mark.parametrize(
    ("left", "seen", "as_new"),
    [
        ("x <- 1; .hidden <- 2", "exists('x') || exists('.hidden')", False),
        ("options(digits = 3, mine = 1)", "c(getOption('digits'), getOption('mine'))", 7),
        ("Sys.setenv(MINE = 'x', TZ = 'Asia/Tokyo')", "Sys.getenv(c('MINE', 'TZ'))",
         {"MINE": "", "TZ": "UTC"}),
        ("setwd('/')", "getwd() != '/'", True),
        ("library(splines); attach(cars)", "length(search())", 9),
        ("sink(tempfile())", "sink.number()", 0),
        ("plot(1); png('x.png')", "length(dev.list())", 0),
        ("set.seed(1)", "exists('.Random.seed', globalenv())", False),
        ("RNGkind('Wichmann-Hill')", "RNGkind()[1]", "Mersenne-Twister"),
        ("con <- file('open.txt', 'w')", "nrow(showConnections())", 1),
        (".libPaths('/tmp')", "'/tmp' %in% .libPaths()", False),
        ("c <- function(...) 'mine'; T <- FALSE", "T && c(1, 1)[2] == 1", True),
        ("setClass('Left', representation(x = 'numeric'))", "isClass('Left')", False),
        ("library(jsonlite)", "isNamespaceLoaded('jsonlite')", False),
        ("Sys.setlocale('LC_COLLATE', 'C')", "Sys.getlocale('LC_COLLATE') == 'C'", False),
        ("closeAllConnections()", "1", 1),
        ("lockEnvironment(globalenv())", "environmentIsLocked(globalenv())", False),
    ],
)  # fmt: skip
def test_nothing_is_left_for_the_next_block(desk, left, seen, as_new):
    desk.given(left, results=[])
    assert desk.out(f"out <- {seen}") == as_new


def test_draws_are_not_the_same_twice(desk):
    assert desk.out("out <- runif(1)") != desk.out("out <- runif(1)")


def test_code_that_ends_r_fails_and_the_next_block_runs(desk):
    error = desk.fails("quit('no', 0)")
    assert error["type"] == "RQuit"
    assert "let it reach its end instead of calling quit()" in error["message"]
    error = desk.fails("cat('last words')\ntools::pskill(Sys.getpid(), 9)")
    assert (error["type"], error["message"]) == (
        "RCrashed",
        "R was ended by SIGKILL while it ran this block.",
    )
    assert desk.lines == [("stdout", "last words")]
    assert desk.out("out <- 1L") == 1


def test_a_child_that_r_leaves_behind_does_not_hold_the_block(desk):
    began = time.monotonic()
    desk.fails("system('sleep 20', wait = FALSE)\nquit('no')")
    assert time.monotonic() - began < 10


def test_no_files_are_left(desk):
    desk.given("plot(1); writeLines('x', tempfile())", {"a": [1] * 1000}, results=["a"])
    folder = Path(session.session().folder)
    assert not list(folder.glob("attempt*"))


def test_folders_of_killed_workers_are_taken_away(tmp_path, monkeypatch):
    monkeypatch.setattr(places.tempfile, "tempdir", str(tmp_path))
    (tmp_path / f"{places.PREFIX}dead").mkdir()
    (tmp_path / f"{places.PREFIX}dead/lock").touch()
    (tmp_path / f"{places.PREFIX}alive").mkdir()
    with (tmp_path / f"{places.PREFIX}alive/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made, own = places.own_folder()
        os.close(own)
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{places.PREFIX}alive",
        Path(made).name,
    }


def test_a_machine_without_r_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("R_HOME", raising=False)
    made = Session()
    log = AttemptLog(str(tmp_path / "log"), "b", 1)
    with pytest.raises(Exception, match="apt-get install r-base-core") as caught:
        made.run(named({"path": texts(["x"])}), log)
    assert caught.value.kind == "RNotInstalled"
    made.close()


def test_r_that_cannot_start_is_said(tmp_path, monkeypatch):
    script = tmp_path / "Rscript"
    script.write_text("#!/bin/sh\necho no library >&2\nexit 3\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    made = Session()
    log = AttemptLog(str(tmp_path / "log"), "b", 1)
    with pytest.raises(Exception, match=r"exit status 3") as caught:
        made.run(named({"path": texts(["x"])}), log)
    log.close()
    assert caught.value.kind == "RNotStarted"
    assert "no library" in (tmp_path / "log").read_text()
    made.close()


def test_texts_are_unicode_whatever_the_locale(desk, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    session.session().end()
    try:
        assert desk.out("cat('ü€\\n')\nout <- nchar('ü€')", {"v": "ü"}) == 2
        assert desk.lines == [("stdout", "ü€")]
    finally:
        session.session().end()
