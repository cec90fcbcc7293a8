"""`nscbench doctor`: what it finds, what it says, and its exit status."""

import json
import sys
from importlib.metadata import version

import numpy as np
import pytest
from packaging.requirements import Requirement

from nscbench import metrics
from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands import doctor_examination, doctor_packages
from nscbench.benchmarks.commands.doctor_packages import examine_package
from nscbench.codecs import available, registry
from support import plugin


@pytest.fixture(autouse=True)
def no_weights(monkeypatch, tmp_path):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "none"))


@pytest.fixture
def requirements(monkeypatch):
    """Sets what nscbench requires."""
    return lambda *texts: monkeypatch.setattr(doctor_packages, "requires", lambda _: list(texts))


def _package(text):
    return examine_package(Requirement(text), "pip install")


def test_an_installed_package_has_its_version():
    package = _package("numpy>=1")
    assert (package.version, package.problem) == (np.__version__, "")


def test_a_missing_package_is_told_with_its_command():
    problem = _package("no-such-package>=2").problem
    assert problem == "not installed: pip install 'no-such-package>=2'"


def test_a_version_that_is_not_allowed_is_told():
    problem = _package("numpy<1").problem
    assert problem == f"{version('numpy')} is not allowed: pip install 'numpy<1'"


def test_a_package_that_cannot_be_imported_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "soxr", None)  # importing it raises
    problem = _package("soxr").problem
    assert problem.startswith("cannot be imported (ModuleNotFoundError: ")
    assert problem.endswith("pip install --force-reinstall 'soxr'")


@pytest.mark.parametrize("error", doctor_packages._IMPORT_ERRORS)
def test_whatever_an_import_raises_is_told(monkeypatch, tmp_path, error):
    (tmp_path / "refusing.py").write_text(f"raise {error.__name__}('built for\\nanother')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(doctor_packages, "_modules", lambda: {"numpy": ["refusing"]})
    assert f"cannot be imported ({error.__name__}: built for another)" in _package("numpy").problem


def test_every_codec_and_metric_is_on_or_off_with_its_reason(requirements, capsys):
    requirements("numpy")
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {*found["codecs_on"], *found["codecs_off"]} == set(available())
    assert {*found["metrics_on"], *found["metrics_off"]} == set(metrics.available())
    for name, why in found["metrics_off"].items():
        assert why == metrics.get(name).unavailable() != ""
    assert "utmos22_strong.onnx" in found["metrics_off"]["utmos"]
    assert found["broken"] == []
    assert found["libraries"]["libsndfile"]
    assert found["system"]["cores"] >= 1
    assert found["system"]["memory_gib"] > 0


def test_what_is_off_is_no_failure_and_names_what_mends_it(requirements, capsys, tmp_path):
    requirements("numpy", 'no-such-package; extra == "wer"')
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert "all that is required works" in text
    assert "pip install 'nscbench[wer]': it needs 'no-such-package'" in text
    assert f"weights of codecs and metrics\n  folder  {tmp_path / 'none'}" in text
    assert "nscbench weights get utmos" in text


def test_something_required_that_is_broken_is_a_failure(requirements, capsys):
    requirements("numpy", "no-such-package")
    assert main(["doctor"]) == 1
    text = capsys.readouterr().out
    assert "broken: no-such-package" in text
    assert "not installed: pip install 'no-such-package'" in text
    assert "codecs:" not in text  # they import what is required
    assert main(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["broken"] == ["no-such-package"]


def test_developers_extras_are_not_looked_at(requirements, capsys):
    requirements("numpy", 'no-such-package; extra == "dev"', 'other; python_version < "3"')
    assert main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["extras"] == {}


def test_a_foreign_file_is_named(requirements, capsys, tmp_path):
    requirements("numpy")
    file = tmp_path / "none" / "utmos" / "utmos22_strong.onnx"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"something else")
    assert main(["doctor"]) == 0
    assert f"{file} is not the published file" in capsys.readouterr().out


@pytest.fixture
def faulty_package(monkeypatch, tmp_path):
    """A package whose metric `absent` lies in a module that is not there."""
    plugin.install(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    registries = (metrics.REGISTRY, registry.REGISTRY)
    for one in registries:
        one.forget()
    yield
    for one in registries:
        one.forget()


@pytest.mark.usefixtures("faulty_package")
@pytest.mark.filterwarnings("ignore:the metric nscbench_absent")
def test_a_plugin_that_is_left_out_is_named_with_its_reason(requirements, capsys):
    requirements()
    why = "No module named 'nscbench_absent'"
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["plugins_left_out"]
    assert found == {"nscbench_absent:METRIC": why}
    assert main(["doctor"]) == 0
    assert f"plug-ins that are left out\n  nscbench_absent:METRIC  {why}" in capsys.readouterr().out
    assert main(["list", "metrics"]) == 0
    assert f"  left out: nscbench_absent:METRIC: {why}\n" in capsys.readouterr().out


def test_the_memory_of_a_container_counts(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(doctor_examination, "_CGROUP", limit)
    limit.write_text(f"{2**30}\n")
    assert doctor_examination._memory() == 2**30
    limit.write_text("max\n")
    assert doctor_examination._memory() > 2**30
