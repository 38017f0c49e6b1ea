"""From a kernelspec to the Python that runs blocks."""

from __future__ import annotations

import json
import sys

import pytest
from jupyter_client.provisioning import KernelProvisionerFactory

from mage_jlab.blocks.interpreter import find_interpreter
from mage_jlab.domain.errors import UnprocessableError


@pytest.fixture
def kernels(tmp_path, monkeypatch):
    """Give a function that installs a kernelspec."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))

    def install(name, **spec):
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        words = {"display_name": name, "language": "python", **spec}
        (folder / "kernel.json").write_text(json.dumps(words))
        return name

    return install


LAUNCH = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]


def test_without_a_kernel_it_is_this_interpreter():
    assert find_interpreter(None).executable == sys.executable


def test_a_plain_python_is_this_one_as_jupyter_itself_reads_it(kernels):
    found = find_interpreter(kernels("plain", argv=["python", *LAUNCH], env={"A": "1"}))
    assert found.executable == sys.executable
    assert found.environ == {"A": "1"}


def test_a_named_interpreter_is_taken_as_it_is(kernels):
    name = kernels("other", argv=["/opt/env/bin/python3.12", *LAUNCH])
    assert find_interpreter(name).executable == "/opt/env/bin/python3.12"


def test_a_wrapper_is_started_and_asked(kernels):
    command = " ".join([sys.executable, *LAUNCH[:-1], '"$0"'])
    name = kernels("wrapped", argv=["bash", "-c", f"exec {command}", "{connection_file}"])
    assert find_interpreter(name).executable == sys.executable


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"argv": ["R"], "language": "R"}, "kernel-language"),
        ({"argv": []}, "kernel-broken"),
        ({"argv": ["/bin/false"]}, "kernel-broken"),
    ],
)
def test_kernels_that_cannot_run_blocks_are_refused(kernels, spec, reason):
    name = kernels("odd", **spec)
    with pytest.raises(UnprocessableError, match="odd") as caught:
        find_interpreter(name)
    assert caught.value.reason == reason


def test_a_kernel_that_runs_elsewhere_is_refused(kernels, monkeypatch):
    monkeypatch.setattr(KernelProvisionerFactory, "is_provisioner_available", lambda *_: True)
    elsewhere = {"kernel_provisioner": {"provisioner_name": "cluster-provisioner"}}
    name = kernels("remote", argv=["python", *LAUNCH], metadata=elsewhere)
    with pytest.raises(UnprocessableError, match="cluster-provisioner") as caught:
        find_interpreter(name)
    assert caught.value.reason == "kernel-remote"


def test_a_kernel_that_is_not_here_is_named(kernels):
    with pytest.raises(UnprocessableError, match="kernel nowhere of this pipeline is not inst"):
        find_interpreter("nowhere")
