"""Codes of languages that are some, and that are none."""

import pytest

from nscbench.benchmarks.data.items import ItemsError, read_items
from nscbench.benchmarks.data.languages import fault_of
from support.recordings import HEADER, line, manifest, wav


@pytest.mark.parametrize(
    "code",
    ["en", "de-CH", "zh-Hant-TW", "yue", "EN-us", "sl-rozaj-biske", "es-419", "x-mine", "und"],
)
def test_codes(code):
    assert fault_of(code) == ""


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("english", "allowed are BCP-47 codes such as en"),
        ("en_US", "allowed are BCP-47 codes"),
        ("e", "allowed are BCP-47 codes"),
        ("en-", "allowed are BCP-47 codes"),
        ("xx", "ISO 639-1 has no xx"),
        ("eng", "BCP 47 calls it en"),
        ("ger-DE", "BCP 47 calls it de"),
        ("ſr", "allowed are BCP-47 codes"),
    ],
)
def test_what_is_no_code(code, message):
    assert message in fault_of(code)


def test_a_manifest_tells_language_and_columns_of_its_own(tmp_path):
    header = f"{HEADER},language,corpus,seconds"
    source = wav(tmp_path / "a.wav")
    table = manifest(tmp_path, f"{line(source, tmp_path)},de-CH,Bern,99", header=header)
    (item,) = read_items(table)
    assert (item.language, item.columns) == ("de-CH", {"corpus": "Bern"})
    assert item.seconds == 0.1
    table = manifest(tmp_path, f"{line(source, tmp_path)},german,Bern,99", header=header)
    with pytest.raises(ItemsError, match="line 2: language is 'german'; allowed are BCP-47"):
        read_items(table)
