"""Weights within a package: found without importing it, and told if they are not there."""

import pytest

from nscbench.metrics.base import MetricUnavailable
from nscbench.metrics.machinery.packaged import PackagedWeights

WEIGHTS = PackagedWeights("no_such_package", "data/w.pt", "no-such-package==1.0", licence="MIT")


def test_a_package_that_is_not_installed():
    assert WEIGHTS.missing() == "no no_such_package: pip install --no-deps no-such-package==1.0"
    with pytest.raises(MetricUnavailable, match="no no_such_package"):
        _ = WEIGHTS.path


def test_a_package_without_its_file_and_with_it(monkeypatch, tmp_path):
    folder = tmp_path / "no_such_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise ImportError('it needs what is not here')")
    monkeypatch.syspath_prepend(tmp_path)
    assert WEIGHTS.missing() == (
        "no_such_package lacks data/w.pt: pip install --no-deps no-such-package==1.0 "
        "--force-reinstall"
    )
    (folder / "data").mkdir()
    (folder / "data" / "w.pt").write_bytes(b"w")
    assert WEIGHTS.missing() == ""
    assert WEIGHTS.path.read_bytes() == b"w"
