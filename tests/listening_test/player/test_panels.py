"""A test for a panel, in a real browser: consent, participants, questions, requirements, a plan."""

from base64 import b64decode

import pytest

from nscbench.listening_test.folder import read_description
from nscbench.listening_test.prepare.configuration import read_configuration
from nscbench.listening_test.prepare.key import write_key
from nscbench.listening_test.prepare.player_folder import write_player
from nscbench.listening_test.prepare.session_plan import SessionPlan
from nscbench.listening_test.prepare.trials import make_test
from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.serve.record_check import check_record
from support.mushra_run import make_run

pytest.importorskip("selenium", reason="selenium drives the browser")
from selenium.webdriver.common.by import By

from support.browsers import MARKS, Listener, served, started

pytestmark = MARKS

PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CONFIGURATION = """
title = "Speech study"
logo = "logo.png"
welcome = "Dear listener.\\n\\nThis is <b>our</b> study."
task = "Rate how natural each version sounds."

[consent]
text = "You take part of your own will."

[participant]
parameter = "PROLIFIC_PID"
required = true

[requirements]
headphones = "HEADPHONES"
seconds = 0.6

[completion]
text = "Your code is C1."
link = "https://panel.example/complete?cc=C1&who={participant}"

[[question]]
name = "hearing"
text = "How is your hearing?"
choices = ["good", "not so good"]
required = true

[[question]]
name = "mother_tongue"
text = "Your mother tongue?"
"""


@pytest.fixture(scope="module")
def build(tmp_path_factory, speech_like):
    """Builds the folder of a test of two sessions with one trial each."""
    run = make_run(tmp_path_factory.mktemp("bench") / "run", speech_like)

    def build(folder, headphones):
        folder.mkdir()
        (folder / "logo.png").write_bytes(PIXEL)
        path = folder / "config.toml"
        path.write_text(CONFIGURATION.replace("HEADPHONES", headphones))
        configuration = read_configuration(path)
        test = make_test(run, conditions=["noisy-6"], plan=SessionPlan((("1",), ("2",))))
        write_player(test, folder / "test", configuration)
        write_key(test, folder / "test", configuration)
        return folder / "test"

    return build


@pytest.fixture
def browser(tmp_path):
    yield from started(tmp_path)


@pytest.fixture
def address(request):
    """Starts the server of a folder; gives its address."""

    def serve(folder):
        process = served(folder)
        request.addfinalizer(process.stdout.close)
        request.addfinalizer(process.wait)
        request.addfinalizer(process.kill)
        return f"http://127.0.0.1:{process.port}/"

    return serve


def text(browser):
    return browser.find_element(By.TAG_NAME, "main").text


def pass_consent(listener):
    listener.title("Welcome to this listening test")
    listener.click("Start")
    listener.title("Consent")
    listener.driver.find_element(By.CSS_SELECTOR, ".check input").click()
    listener.click("Continue")
    listener.title("Headphone check")


def check_headphones(listener, well):
    """Answer the six rounds of one try."""
    kinds = "return Mushra.shuffled(['plain', 'soft', 'antiphase'], ...arguments)"
    tries = listener.session["tries"]
    for place in range(6):
        listener.until(lambda p=place: f"Round {p + 1} of 6" in text(listener.driver))
        order = listener.script(kinds, listener.session["seed"], f"headphones {tries}/{place}")
        listener.click("Play the three tones")
        choices = listener.driver.find_elements(By.CSS_SELECTOR, ".choices button")
        listener.until(choices[0].is_enabled)
        choices[order.index("soft" if well else "plain")].click()


def rate_well_heard(listener):
    """Rate everything, hearing each as long as is asked for."""
    for key, stimulus in (("0", None), *((str(n), s) for n, s in enumerate(listener.order, 1))):
        if stimulus:
            listener.rate(key, stimulus, 50)
        else:
            listener.press(key)
        heard = (
            "const m = Mushra.app.page.made; return m.isHeard(arguments[0] || m.trial.reference)"
        )
        listener.until(lambda h=heard, s=stimulus: listener.script(h, s))


def test_a_panel_from_its_link_to_its_link(build, browser, address, tmp_path):
    folder = build(tmp_path / "panel", "asked")
    link = address(folder)
    listener = Listener(browser, f"{link}?PROLIFIC_PID=p%2F1")
    listener.title("Welcome to this listening test")
    assert browser.find_element(By.CLASS_NAME, "brand").text == "Speech study"
    assert "This is <b>our</b> study." in text(browser)
    assert "your answers carry your participant id" in text(browser)
    assert listener.script("return document.querySelector('.logo').naturalWidth") == 1
    assert browser.find_elements(By.ID, "participant") == []
    listener.click("Start")
    listener.title("Consent")
    assert "of your own will" in text(browser)
    listener.click("Continue")
    assert "please agree" in text(browser)
    listener.driver.find_element(By.CSS_SELECTOR, ".check input").click()
    listener.click("Continue")
    listener.title("Headphone check")
    assert "Skip" not in text(browser)
    check_headphones(listener, well=False)  # it is asked, not required
    listener.click("Continue")
    listener.title("Volume")
    listener.click("Continue")
    listener.title("Questions")
    listener.click("Continue")
    assert "Still to be answered: How is your hearing?" in text(browser)
    browser.find_element(By.ID, "question-hearing").send_keys("good")
    browser.find_element(By.ID, "question-mother_tongue").send_keys("Deutsch")
    browser.refresh()
    listener.title("Questions")
    listener.click("Continue")
    listener.title("Training")
    assert "Rate how natural each version sounds." in text(browser)
    assert "Listen to each for 0.6 seconds" in text(browser)
    listener.press("0")
    listener.rate("1", listener.order[0], 50)
    listener.press(" ")
    listener.script("Mushra.app.page.made.progress.seconds = {}")  # as if it had been a blink
    listener.click("Next trial")
    assert "Still to be heard and rated: 1, 2, 3" in text(browser)
    assert "Each is to be heard for 0.6 seconds." in text(browser)
    rate_well_heard(listener)
    listener.click("Next trial")
    listener.title("Trial 1 of 1")
    rate_well_heard(listener)
    listener.click("Finish")
    listener.title("Thank you!")
    listener.until(lambda: "All your answers have arrived" in text(browser))
    assert "Your code is C1." in text(browser)
    assert "Next listener" not in text(browser)
    href = browser.find_element(By.LINK_TEXT, "Finish and go back").get_attribute("href")
    assert href == "https://panel.example/complete?cc=C1&who=p%2F1"
    _, records = listener.download()
    description = read_description(folder)
    for record in records:
        check_record(record, description)
        assert record["participant"] == "p/1"
        assert record["plan"] == 1
        assert record["consent"] < record["time"]
        answers = record["questionnaire"]
        assert (answers["hearing"], answers["mother_tongue"]) == ("good", "Deutsch")
        assert answers["headphones"] == {"correct": 0, "rounds": 6}
        assert all(rating["seconds"] >= 0.6 for rating in record["ratings"])
    assert [record["trial"] for record in records] == ["training", *description["sessions"][0]]
    assert len(read_results([folder.with_name("test.results.jsonl")]).submissions) >= 2
    # the next participant, in the same browser: a session of their own, and the other trials
    browser.get(f"{link}?PROLIFIC_PID=p2")
    listener.title("Welcome to this listening test")
    assert listener.session["plan"] == 2
    pass_consent(listener)
    # and the first one again: nothing is asked twice
    browser.get(f"{link}?PROLIFIC_PID=p%2F1")
    listener.title("Thank you!")
    severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []


def test_who_does_not_pass_a_required_check_goes_no_further(build, browser, tmp_path):
    folder = build(tmp_path / "panel", "required")
    listener = Listener(browser, f"{(folder / 'index.html').as_uri()}?plan=4")
    listener.title("Welcome to this listening test")
    assert listener.session["plan"] == 2  # the fourth listener of a plan of two
    listener.click("Start")
    assert "Please give the participant id" in text(browser)
    browser.find_element(By.ID, "participant").send_keys("typed one")
    pass_consent(listener)
    assert listener.session["participant"] == "typed one"
    for place in range(3):
        check_headphones(listener, well=False)
        assert "Continue" not in text(browser)
        if place < 2:
            listener.click("Repeat the check")
    assert "The check was not passed" in text(browser)
    browser.refresh()
    listener.title("Headphone check")
    assert "The check was not passed" in text(browser)
    listener.script("Mushra.app.store.session.tries = 0; Mushra.app.render()")
    listener.until(lambda: "Round 1 of 6" in text(browser))
    check_headphones(listener, well=True)
    listener.click("Continue")
    listener.title("Volume")
