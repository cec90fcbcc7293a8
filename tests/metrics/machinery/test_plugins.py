"""The loader of codecs, metrics and degradations, on a registry of numbers."""

import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from nscbench.metrics.machinery import plugins
from nscbench.metrics.machinery.plugins import Registry, concrete_class


def number(value):
    if not isinstance(value, int):
        raise TypeError("it is no number")
    return value


def registry(folders=(), name_of=lambda _, name: name):
    return Registry("number", "made.numbers", folders, ("ONE", "MANY"), number, name_of)


@pytest.fixture
def points(monkeypatch, tmp_path):
    """Sets the entry points, and the modules that they are in."""
    monkeypatch.syspath_prepend(tmp_path)

    def place(values, **modules):
        for name, text in modules.items():
            (tmp_path / f"{name}.py").write_text(text)
            monkeypatch.delitem(sys.modules, name, raising=False)
        found = [EntryPoint(name, value, "made.numbers") for name, value in values.items()]
        monkeypatch.setattr(plugins, "entry_points", lambda group: found)

    place({})
    return place


def test_modules_of_a_folder_define_one_or_several(points, tmp_path):
    folder = tmp_path / "made_numbers"
    folder.mkdir()
    for name, text in {"__init__": "", "b": "MANY = (2, 3)", "a": "ONE = 1", "c": "X = 4"}.items():
        (folder / f"{name}.py").write_text(text)
    named = registry(("made_numbers",), lambda value, _: f"n{value}")
    assert named.found.plugins == {"n1": 1, "n2": 2, "n3": 3}
    assert named.found is named.found
    assert named.found.left_out == {}


def test_what_a_folder_of_ours_holds_must_be_right(points, tmp_path):
    (tmp_path / "made_words").mkdir()
    (tmp_path / "made_words" / "__init__.py").write_text("")
    (tmp_path / "made_words" / "a.py").write_text("ONE = 'one'")
    with pytest.raises(TypeError, match=r"made_words\.a: it is no number"):
        registry(("made_words",)).search()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("raise OSError('libtheirs.so: cannot open')", "libtheirs.so: cannot open"),
        ("raise KeyError", "KeyError"),
        ("X = (", "was never closed"),
        ("import sys; sys.exit('no licence')", "no licence"),
        ("class Own(Exception): pass\nraise Own('of no known family')", "of no known family"),
        ("X = 'word'", "it is no number"),
    ],
)
def test_what_fails_is_left_out_alone_and_its_reason_kept(points, text, why):
    points({"bad": "theirs_bad:X", "good": "theirs_good:X"}, theirs_bad=text, theirs_good="X = 7")
    with pytest.warns(UserWarning, match="the number theirs_bad:X is left out"):
        found = registry().search()
    assert found.plugins == {"good": 7}
    assert list(found.left_out) == ["theirs_bad:X"]
    assert why in found.left_out["theirs_bad:X"]


def test_one_that_fails_when_it_is_asked_is_left_out_too(points):
    points(
        {"bad": "theirs_bad:X", "good": "theirs_good:X"}, theirs_bad="X = 0", theirs_good="X = 7"
    )

    def tried(number):
        if not number:
            sys.exit(3)

    asked = replace(registry(), tried=tried)
    with pytest.warns(UserWarning, match="the number theirs_bad:X is left out: SystemExit.3"):
        assert asked.search().plugins == {"good": 7}


def test_the_first_of_two_of_one_name_stays(points):
    points({"one": "theirs_one:X", " one": "theirs_one:Y"}, theirs_one="X = 1\nY = 2")
    with pytest.warns(UserWarning, match="there is a number 'one' already"):
        found = registry(name_of=lambda _, name: name.strip()).search()
    assert found.plugins == {"one": 1}


def test_an_interruption_is_no_fault_of_a_plugin(points):
    points({"slow": "theirs_slow:X"}, theirs_slow="raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        registry().search()


def test_a_registry_forgets_on_request(points):
    made = registry()
    assert made.found.plugins == {}
    points({"late": "theirs_late:X"}, theirs_late="X = 3")
    assert made.found.plugins == {}
    made.forget()
    assert made.found.plugins == {"late": 3}


def test_classes_must_be_concrete_and_named():
    class Named(int):
        name = "named"

    assert concrete_class(Named, int, "int", "name") is Named
    for value, why in ((ModuleType("x"), "it is no subclass of int"), (bool, "it has no name")):
        with pytest.raises(TypeError, match=why):
            concrete_class(value, int, "int", "name")
