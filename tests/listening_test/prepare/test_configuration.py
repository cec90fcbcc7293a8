"""Configurations: what they say reaches player and key; every bad key is one clear error."""

import json
import re

import pytest

from nscbench.listening_test.prepare.configuration import (
    LANGUAGES,
    PLAIN,
    Configuration,
    Question,
    read_configuration,
)
from nscbench.listening_test.prepare.key import write_key
from nscbench.listening_test.prepare.player_folder import PLAYER, blind_description
from nscbench.listening_test.read.blind_key import Requirements, read_key
from nscbench.listening_test.schema import BuildError

WHOLE = """
language = "de"
title = "Studie"
logo = "logo.svg"
welcome = "Hallo."
task = "Bewerten Sie."
standard_questions = false
[consent]
text = "Ja?"
[participant]
parameter = "PROLIFIC_PID"
required = true
[requirements]
headphones = "required"
seconds = 2
[completion]
text = "Danke."
link = "https://panel.example/done?cc=1&id={participant}"
[[question]]
name = "hearing"
text = "Hören Sie gut?"
choices = ["ja", "nein"]
required = true
[[question]]
name = "other"
text = "Sonst etwas?"
"""


def read(tmp_path, text):
    path = tmp_path / "panel.toml"
    path.write_text(text, encoding="utf-8-sig")  # as editors on Windows write it
    return read_configuration(path)


def test_every_key_is_read(tmp_path):
    (tmp_path / "logo.svg").write_text("<svg/>")
    assert read(tmp_path, WHOLE) == Configuration(
        language="de",
        title="Studie",
        logo="data:image/svg+xml;base64,PHN2Zy8+",
        welcome="Hallo.",
        task="Bewerten Sie.",
        standard_questions=False,
        consent="Ja?",
        participant="PROLIFIC_PID",
        participant_required=True,
        headphones="required",
        seconds=2.0,
        completion="Danke.",
        link="https://panel.example/done?cc=1&id={participant}",
        questions=(
            Question("hearing", "Hören Sie gut?", ("ja", "nein"), True),
            Question("other", "Sonst etwas?"),
        ),
    )


def test_nothing_said_is_the_plain_test(tmp_path):
    assert read(tmp_path, "") == PLAIN


def test_player_and_key_have_it(tmp_path, test):
    (tmp_path / "logo.svg").write_text("<svg/>")
    configuration = read(tmp_path, WHOLE)
    told = json.loads(json.dumps(blind_description(test, configuration)))["configuration"]
    assert told["consent"] == "Ja?"
    assert told["questions"][0]["choices"] == ["ja", "nein"]
    key = read_key(write_key(test, tmp_path / "one", configuration))
    assert key.requirements == Requirements("required", 2.0)
    assert read_key(write_key(test, tmp_path / "two")).requirements == Requirements("offered", 0.0)


def test_the_player_knows_every_key():
    defaults = (PLAYER / "arrival.js").read_text()
    defaults = defaults[defaults.index("const PLAIN") : defaults.index("};")]
    assert set(re.findall(r"(\w+):", defaults)) == set(PLAIN.described())
    languages = re.findall(r'^  "(\w\w)": \{', (PLAYER / "strings.js").read_text(), re.M)
    assert tuple(languages) == LANGUAGES


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = ", "cannot be read as a configuration"),
        ("tilte = 'a'", "unknown key 'tilte' (did you mean title?); allowed are language, title"),
        ("title = 3", "title is 3; allowed is a line of 1 to 64 characters"),
        ('title = "a\\u0000b"', "title is "),
        ("language = 'fr'", "language is 'fr'; allowed is en or de"),
        ("logo = 'logo.gif'", "logo logo.gif is not one of .png, .jpg"),
        ("logo = 'none.png'", "No such file"),
        ("standard_questions = 1", "standard_questions is 1; allowed is true or false"),
        ("consent = 'yes'", "consent is a table: [consent]"),
        ("[consent]\ntext = ''", "[consent]: text is ''; allowed is a text"),
        ("[consent]\nwords = 'a'", "[consent]: unknown key 'words'; allowed are text"),
        ("[participant]\nrequired = true", "[participant] lacks parameter"),
        ("[participant]\nparameter = 'a b'", "parameter is 'a b'; allowed is a word"),
        ("[participant]\nparameter = 'plan'", "parameter is 'plan'; allowed is a word"),
        ("[requirements]\nheadphones = true", "allowed is offered, asked, required"),
        ("[requirements]\nseconds = -1", "seconds is -1; allowed is a number from 0 to 60"),
        ("[requirements]\nseconds = nan", "seconds is nan; allowed is a number from 0 to 60"),
        ("[completion]\nlink = 'javascript:alert(1)'", "allowed is an address that begins with"),
        ("[completion]\nlink = 'https://a/{who}'", "allowed is an address that begins with"),
        ("[question]\nname = 'a'", "a question is a table of a list: [[question]]"),
        ("[[question]]\nname = 'a'", "question 1 lacks text"),
        ("[[question]]\ntext = 'a'", "question 1 lacks name"),
        ("[[question]]\nname = 'headphones'\ntext = 'a'", "is none of plan, headphones"),
        ("[[question]]\nname = 'a'\ntext = 'a'\nchoices = ['b']", "a list of 2 to 20 different"),
        ("[[question]]\nname = 'a'\ntext = 'a'\n" * 2, "two questions are called a"),
        ("[[question]]\nname = 'a'\ntext = 'a'\n" * 21, "21 questions; 20 are allowed"),
    ],
)
def test_what_is_not_allowed_is_named(tmp_path, text, why):
    with pytest.raises(BuildError, match=re.escape(why)) as refused:
        read(tmp_path, text)
    assert str(refused.value).startswith(str(tmp_path / "panel.toml"))


def test_a_logo_must_fit(tmp_path):
    (tmp_path / "logo.png").write_bytes(b"1" * (256 * 1024 + 1))
    with pytest.raises(BuildError, match="has 262145 bytes; 1 to 262144 fit"):
        read(tmp_path, "logo = 'logo.png'")
