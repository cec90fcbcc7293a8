"""What is no finished run gives no test."""

import pytest

from nscbench.listening_test.prepare.trials import make_test
from nscbench.listening_test.schema import BuildError


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(BuildError, match="not a finished run.*nscbench run"):
        make_test(tmp_path)


def test_a_damaged_run_is_refused(broken):
    (broken / "manifest.json").write_text("{")
    with pytest.raises(BuildError, match="manifest.json: cannot be read"):
        make_test(broken)
