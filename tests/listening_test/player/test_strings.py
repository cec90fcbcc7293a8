"""The words of the player."""

import json
import re

from nscbench.listening_test.prepare.player_folder import PLAYER


def strings_of(name):
    """The words of a file, by language: JSON after an assignment."""
    text = (PLAYER / name).read_text()
    begin = re.search(r"strings\w* = (?={)", text).end()
    return json.JSONDecoder().raw_decode(text, begin)[0]


def test_all_strings_exist_in_every_language():
    files = [strings_of("strings.js"), strings_of("strings_tests.js")]
    english, german = ({**files[0][name], **files[1][name]} for name in ("en", "de"))
    assert not files[0]["en"].keys() & files[1]["en"].keys()
    assert english.keys() == german.keys()
    placeholders = re.compile(r"\{\w+\}")
    for key in english:
        found = [sorted(placeholders.findall(words[key])) for words in (english, german)]
        assert found[0] == found[1], key
    code = "".join(path.read_text() for path in PLAYER.glob("*.js"))
    used = set(re.findall(r'word\("([\w.-]*[\w-])"', code))
    assert len(used) > 30
    assert used <= english.keys()
