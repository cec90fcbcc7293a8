"""Tests beside MUSHRA in a real browser: one whole test of each type, from disk and from the server.

Every answer arrives as it was given, under the condition that was heard.
"""

import json
import signal
from pathlib import Path

import pytest

from nscbench.listening_test.folder import key_path, read_description
from nscbench.listening_test.read.own_votes import read_own_votes
from nscbench.listening_test.serve.judgement_check import answers_of
from nscbench.listening_test.serve.record_check import check_record
from nscbench.listening_test.votes import ATTENTION, GOLD, HEADPHONES, LISTENING_TIME, TESTS
from support.judged_tests import built, request_of
from support.mushra_run import make_run

pytest.importorskip("selenium", reason="selenium drives the browser")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from support.browsers import AXE, MARKS, Listener, order_from_seed, served, started

pytestmark = [*MARKS, pytest.mark.slow]

SWITCHED = ("ab", "abx")


@pytest.fixture(scope="module")
def run(tmp_path_factory, speech_like):
    return make_run(tmp_path_factory.mktemp("bench") / "run", speech_like)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    yield from started(tmp_path_factory.mktemp("browser"))


@pytest.fixture
def serve():
    """Starts the server of a folder; all are killed at the end."""
    running = []

    def start(folder, port=0):
        running.append(served(folder, port))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


class Judge(Listener):
    """Somebody who takes a test beside MUSHRA, with the keyboard."""

    def __init__(self, driver, address, description):
        super().__init__(driver, address)
        self.description = description
        self.trials = {trial["trial"]: trial for trial in description["trials"]}
        self.given = {}

    def to_trials(self):
        self.title("Welcome to this listening test")
        for title, label in (
            ("Welcome to this listening test", "Start"),
            ("Headphone check", "Skip the check"),
            ("Volume", "Continue"),
            ("Two questions", "Continue"),
        ):
            self.title(title)
            self.choose(label)
        self.until(lambda: self.trial)

    @property
    def trial(self):
        """Id of the trial on the page; None on another."""
        code = "const { page } = Mushra.app; return page && page.made ? page.made.trial.trial : null"
        return self.script(code)

    def hear(self):
        if self.description["kind"] in SWITCHED:
            for key, stimulus in zip("abx", self.trials[self.trial]["stimuli"], strict=False):
                self.press(key)
                self.until(lambda wanted=stimulus: self.playing == wanted)
        else:
            self.press(" ")
            self.until(lambda: self.script("return Mushra.app.page.made.heard()"), 60)

    def answer(self):
        """Give the trial's answer by its key, and see it taken."""
        trial = self.trial
        options = answers_of(self.trials[trial], self.description)
        value = options[len(self.given) % len(options)]
        keys = self.script("return Mushra.app.page.made.radios.map(({key, value}) => [key, value])")
        self.press(next(key for key, other in keys if other == value))
        self.until(lambda: self.script("return Mushra.app.page.made.progress.answer") == value)
        self.given[trial] = value

    def take(self):
        """One trial, and on to the next page."""
        trial = self.trial
        self.hear()
        self.answer()
        self.press(Keys.ENTER)
        self.until(lambda: self.trial != trial or self.heading == "Thank you!")
        self.until(lambda: self.trial or self.heading == "Thank you!")

    def take_all(self):
        while self.heading != "Thank you!":
            self.take()


def check(records, judge, folder):
    """The records are what was given, in the listener's order; and the key makes votes of them."""
    session = judge.session
    description = judge.description
    block = description["blocks"][session["block"]]
    training = [t["trial"] for t in description["trials"] if t["training"]]
    rated = [t["trial"] for t in description["trials"] if t["trial"] in block]
    assert [r["trial"] for r in records] == [
        *training,
        *order_from_seed(rated, session["seed"], "trials"),
    ]
    for record in records:
        check_record(record, description)
        assert record["answer"] == judge.given[record["trial"]]
        assert record["complete"] is True
        assert all(one["plays"] == 1 and one["seconds"] > 0 for one in record["heard"])
    path = folder.with_name("read.json")
    path.write_text(json.dumps(records))
    votes = read_own_votes([path], key_path(folder))
    assert votes.rejected == ()
    key = json.loads(key_path(folder).read_text())["trials"]
    assert {row.trial for row in votes.rows} == {n for n in block if key[n]["role"] == "rated"}
    kinds = {check.kind for check in votes.checks}
    assert {GOLD, HEADPHONES, LISTENING_TIME} <= kinds
    assert (ATTENTION in kinds) is (description["kind"] in ("acr", "dcr", "ccr"))
    if description["kind"] not in SWITCHED:  # which were left as soon as they sounded
        assert all(one.passed for one in votes.checks if one.kind == LISTENING_TIME)


@pytest.mark.parametrize("kind", TESTS)
def test_a_whole_test_from_disk_with_the_keyboard_alone(kind, run, browser, tmp_path):
    folder = tmp_path / "test"
    built(run, request_of(kind, tmp_path), folder)
    description = read_description(folder)
    browser.get_log("browser")
    judge = Judge(browser, (folder / "index.html").as_uri(), description)
    judge.to_trials()
    judge.take()
    judge.hear()
    judge.answer()
    trial = judge.trial
    browser.refresh()  # in the middle of a trial
    judge.until(lambda: judge.trial == trial)
    assert judge.script("return Mushra.app.page.made.progress.answer") == judge.given[trial]
    judge.press(Keys.ENTER)
    judge.until(lambda: judge.trial not in (trial, None))
    judge.take_all()
    name, records = judge.download()
    assert name.startswith(description["test"])
    check(records, judge, folder)
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


@pytest.mark.parametrize("kind", TESTS)
def test_a_whole_test_from_the_server(kind, run, browser, serve, tmp_path):
    folder = tmp_path / "test"
    built(run, request_of(kind, tmp_path), folder)
    server = serve(folder)
    judge = Judge(browser, f"http://127.0.0.1:{server.port}/", read_description(folder))
    judge.to_trials()
    judge.take_all()
    main = browser.find_element(By.TAG_NAME, "main")
    judge.until(lambda: "All your answers have arrived" in main.text)
    lines = map(json.loads, Path(f"{folder}.results.jsonl").read_text().splitlines())
    records = [record for record in lines if record["complete"]]
    check(records, judge, folder)
    assert judge.download()[1] == records
