"""Tests beside MUSHRA in a real browser: each type, whole, from disk and from the server.

Every answer arrives as it was given, under the condition that was heard.
"""

import json
import signal
from pathlib import Path

import pytest

from nscbench.listening_test.folder import key_path, read_description
from nscbench.listening_test.prepare.configuration import Configuration, Question
from nscbench.listening_test.prepare.panel import Panel
from nscbench.listening_test.prepare.stopping import Stopping
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
        code = (
            "const { page } = Mushra.app; return page && page.made ? page.made.trial.trial : null"
        )
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

    def take_with_a_reload(self):
        """One trial, with the page loaded anew between its answer and its end."""
        self.hear()
        self.answer()
        trial = self.trial
        self.driver.refresh()
        self.until(lambda: self.trial == trial)
        assert self.script("return Mushra.app.page.made.progress.answer") == self.given[trial]
        self.press(Keys.ENTER)
        self.until(lambda: self.trial not in (trial, None))

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
    judge.take_with_a_reload()
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
    judge.take()
    judge.take_with_a_reload()
    judge.take_all()
    main = browser.find_element(By.TAG_NAME, "main")
    judge.until(lambda: "All your answers have arrived" in main.text)
    lines = map(json.loads, Path(f"{folder}.results.jsonl").read_text().splitlines())
    records = [record for record in lines if record["complete"]]
    check(records, judge, folder)
    assert judge.download()[1] == records


def test_a_listener_of_a_panel_when_the_server_is_killed(run, browser, serve, tmp_path):
    """The link says who it is; the code comes once all has arrived; there is one session."""
    folder = tmp_path / "test"
    panel = Panel("PROLIFIC_PID", "C0DE-1")
    built(run, request_of("acr", tmp_path, items=1, panel=panel), folder)
    server = serve(folder)
    address = f"http://127.0.0.1:{server.port}/"
    lost = Listener(browser, address)
    lost.title("This link is not complete")
    assert "PROLIFIC_PID" in browser.find_element(By.TAG_NAME, "main").text
    judge = Judge(browser, f"{address}?PROLIFIC_PID=p-17", read_description(folder))
    judge.to_trials()
    judge.take()
    results = Path(f"{folder}.results.jsonl")
    judge.until(lambda: results.read_text().count('"complete":true') == 1)
    server.send_signal(signal.SIGKILL)
    server.wait()
    judge.take()
    status = browser.find_element(By.CLASS_NAME, "status")
    judge.until(lambda: "waiting for the server: 1 (Training 2 of 3: no answer)" in status.text)
    serve(folder, server.port)
    judge.take_all()
    main = browser.find_element(By.TAG_NAME, "main")
    judge.until(lambda: "Your completion code: C0DE-1" in main.text, 60)
    assert "Next listener" not in main.text
    lines = map(json.loads, results.read_text().splitlines())
    records = [record for record in lines if record["complete"]]
    assert {record["listener"] for record in records} == {"p-17"}
    assert len(records) == len(judge.given)
    browser.execute_script("localStorage.clear(); sessionStorage.clear()")
    again = Listener(browser, f"{address}?PROLIFIC_PID=p-17")
    again.title("You have taken this test")


def test_what_is_configured_is_asked_in_every_test(run, browser, tmp_path):
    folder = tmp_path / "test"
    configuration = Configuration(
        title="Speech study",
        consent="You take part of your own will.",
        task="Say how good it sounds.",
        headphones="asked",
        link="https://panel.example/done?who={participant}",
        questions=(Question("hearing", "How is your hearing?", ("good", "bad"), True),),
    )
    panel = Panel("PROLIFIC_PID")
    request = request_of(
        "acr", tmp_path, items=1, conditions=("noisy-6",), panel=panel, configuration=configuration
    )
    built(run, request, folder)
    address = f"{(folder / 'index.html').as_uri()}?PROLIFIC_PID=p%2F1"
    judge = Judge(browser, address, read_description(folder))
    judge.title("Welcome to this listening test")
    assert browser.find_element(By.CLASS_NAME, "brand").text == "Speech study"
    judge.click("Start")
    judge.title("Consent")
    browser.find_element(By.CSS_SELECTOR, ".check input").click()
    judge.click("Continue")
    judge.title("Headphone check")
    assert "Skip" not in browser.find_element(By.TAG_NAME, "main").text
    judge.script("Mushra.app.go('questions')")
    judge.title("Questions")
    browser.find_element(By.ID, "question-hearing").send_keys("good")
    judge.click("Continue")
    judge.until(lambda: judge.trial)
    assert "Say how good it sounds." in browser.find_element(By.TAG_NAME, "main").text
    judge.take_all()
    href = browser.find_element(By.LINK_TEXT, "Finish and go back").get_attribute("href")
    assert href == "https://panel.example/done?who=p%2F1"
    _, records = judge.download()
    for record in records:
        check_record(record, judge.description)
        assert record["listener"] == "p/1"
        assert record["consent"] < record["time"]
        assert record["questionnaire"]["hearing"] == "good"


def test_the_time_of_a_session_ends(run, browser, tmp_path):
    folder = tmp_path / "test"
    panel = Panel(code="C0DE-1", minutes=30)
    built(run, request_of("dcr", tmp_path, items=1, panel=panel), folder)
    judge = Judge(browser, (folder / "index.html").as_uri(), read_description(folder))
    judge.title("Welcome to this listening test")
    assert "within 30 minutes" in browser.find_element(By.TAG_NAME, "main").text
    judge.to_trials()
    judge.hear()
    judge.answer()
    judge.script("Mushra.app.store.session.started -= 31 * 60000")
    judge.title("Thank you!")
    text = browser.find_element(By.TAG_NAME, "main").text
    assert "The time for this test is over" in text
    assert "C0DE-1" not in text
    (draft,) = judge.download()[1]
    assert (draft["complete"], draft["answer"]) == (False, next(iter(judge.given.values())))


def test_abx_stops_when_it_is_decided(run, browser, tmp_path):
    """Five wrong answers are a guesser's: the other three trials of the pair are left out."""
    folder = tmp_path / "test"
    request = request_of(
        "abx", tmp_path, conditions=("noisy-6",), items=4, stopping=Stopping(sequential=True)
    )
    built(run, request, folder)
    judge = Judge(browser, (folder / "index.html").as_uri(), read_description(folder))
    key = json.loads(key_path(folder).read_text())["trials"]
    judge.to_trials()
    while judge.heading != "Thank you!":
        trial = judge.trial
        right = key[trial]["expected"][0]
        judge.hear()
        judge.press("2" if right == "a" else "1")
        judge.given[trial] = "b" if right == "a" else "a"
        judge.press(Keys.ENTER)
        judge.until(lambda last=trial: judge.trial != last)
        judge.until(lambda: judge.trial or judge.heading == "Thank you!")
    assert sum(key[trial]["role"] == "rated" for trial in judge.given) == 5
    path = tmp_path / "read.json"
    path.write_text(json.dumps(judge.download()[1]))
    votes = read_own_votes([path], key_path(folder))
    assert not any(row.right for row in votes.rows)
    assert "0 are decided as heard, 1 as guessed, 0 are not decided" in votes.notes[-1]


@pytest.mark.parametrize("kind", ["ccr", "abx", "mrt"])
def test_pages_are_legible_on_a_phone_in_german_to_every_reader(kind, run, browser, tmp_path):
    if not AXE.exists():
        pytest.skip("no axe-core: npm install --prefix build axe-core")
    folder = tmp_path / "test"
    built(run, request_of(kind, tmp_path), folder)
    browser.set_window_size(520, 800)
    judge = Judge(browser, (folder / "index.html").as_uri(), read_description(folder))
    judge.to_trials()
    browser.find_element(By.CSS_SELECTOR, "header select").send_keys("Deutsch")
    judge.until(lambda: "Übung" in judge.heading)
    judge.until(lambda: judge.trial)
    assert judge.script("return document.documentElement.lang") == "de"
    locked = judge.script("return Mushra.app.page.made.radios.every((one) => one.radio.disabled)")
    assert locked
    judge.hear()
    judge.answer()
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert judge.script(wide) <= 0
    low = """return [...document.querySelectorAll("main label.answer, main button")].filter(
        (one) => one.getBoundingClientRect().height < 43).map((one) => one.textContent)"""
    assert judge.script(low) == []
    judge.script(AXE.read_text())
    found = browser.execute_async_script(
        "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] })"
        ".then((found) => arguments[0](found.violations.map((v) => [v.id, v.nodes[0].html])))"
    )
    browser.set_window_size(1200, 1000)
    assert found == []
