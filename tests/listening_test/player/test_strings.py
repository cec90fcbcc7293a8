"""The words of the player."""

import json
import re

from nscbench.listening_test.prepare.player_folder import PLAYER


def test_all_strings_exist_in_every_language():
    text = (PLAYER / "strings.js").read_text()
    strings = json.loads(text[text.index("{", text.index("strings =")) :].rstrip().rstrip(";"))
    english, german = strings["en"], strings["de"]
    assert english.keys() == german.keys()
    placeholders = re.compile(r"\{\w+\}")
    for key in english:
        found = [sorted(placeholders.findall(words[key])) for words in (english, german)]
        assert found[0] == found[1], key
    code = "".join(path.read_text() for path in PLAYER.glob("*.js"))
    used = set(re.findall(r'word\("([\w.-]*[\w-])"', code))
    assert len(used) > 30
    assert used <= english.keys()
