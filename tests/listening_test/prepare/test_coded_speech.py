"""What is no finished run gives no test."""

import pytest

from nscbench.listening_test.prepare.coded_speech import read_coded_speech
from nscbench.listening_test.prepare.trials import make_test
from nscbench.listening_test.schema import BuildError


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(BuildError, match="not a finished run.*nscbench run"):
        make_test(tmp_path)


def test_a_damaged_run_is_refused(broken):
    (broken / "manifest.json").write_text("{")
    with pytest.raises(BuildError, match="manifest.json: cannot be read"):
        make_test(broken)


def test_a_run_with_a_metric_that_is_not_installed_is_heard_all_the_same(broken):
    manifest = broken / "manifest.json"
    one = '{"metric": "pesq", "version": "1"}'
    text = manifest.read_text()
    assert one in text
    manifest.write_text(text.replace(one, f'{{"metric": "plugin", "version": "7"}}, {one}'))
    assert read_coded_speech(broken).column == "pesq_wb"
