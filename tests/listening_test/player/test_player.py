"""The player in a real browser: Debian's Chromium through its chromedriver.

A whole test is taken from file:// and from the server, with the keyboard; switching is rendered
offline and compared with the recordings, sample by sample.
"""

import json
import shutil
import signal
from base64 import b64decode
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.listening_test.folder import key_path, read_description
from nscbench.listening_test.prepare.key import write_key
from nscbench.listening_test.prepare.player_folder import write_player
from nscbench.listening_test.prepare.trials import make_test
from nscbench.listening_test.read.blind_key import read_key
from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.read.validation import valid_ratings
from nscbench.listening_test.serve.record_check import check_record

RATE = 16_000

pytest.importorskip("selenium", reason="selenium drives the browser")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

from support.browsers import AXE, MARKS, Listener, order_from_seed, served, started  # noqa: E402

pytestmark = MARKS

SUITE = """
metrics = ["lsd"]
[[condition]]
codec = "opus"
kbps = 12
[[condition]]
codec = "codec2"
kbps = 3.2
[[condition]]
codec = "pcm"
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory, speech_like):
    """A test of a real run: three trials, and one for training; six signals each."""
    root = tmp_path_factory.mktemp("mushra")
    (root / "suite.toml").write_text(SUITE)
    recordings = root / "recordings"
    recordings.mkdir()
    for seed in range(4):
        speech = speech_like(1.5 + seed / 10, RATE, seed)
        soundfile.write(recordings / f"item{seed}.wav", speech, RATE, subtype="PCM_16")
    words = ["run", root / "suite.toml", "--items", recordings, "--out", root / "run"]
    assert main([str(word) for word in [*words, "--workers", 1]]) == 0
    test = make_test(root / "run", conditions=["opus-12", "codec2-3.2", "pcm"], items=3, seed=1)
    folder = root / "test"
    write_player(test, folder)
    write_key(test, folder)
    return test, folder


@pytest.fixture
def folder(built, tmp_path):
    """A copy of the built test, so that results of one case do not reach another."""
    _, source = built
    shutil.copy(key_path(source), tmp_path)
    return shutil.copytree(source, tmp_path / "test")


@pytest.fixture
def browser(tmp_path):
    yield from started(tmp_path)


@pytest.fixture(scope="module")
def one_browser(tmp_path_factory):
    yield from started(tmp_path_factory.mktemp("browser"))


@pytest.fixture
def serve(folder):
    """Starts the server of the folder; all are killed at the end."""
    running = []

    def start(port=0):
        running.append(served(folder, port))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def finished(results):
    """The records of a server's results file that are no drafts."""
    records = map(json.loads, results.read_text().splitlines())
    return [record for record in records if record["complete"]]


def scores_for(description):
    """A different score for every stimulus of every trial, 0 and 100 among them."""
    values = iter([0, 100, *range(1, 100)])
    return {s: next(values) for trial in description["trials"] for s in trial["stimuli"]}


def check_records(records, description, scores, session):
    """Every trial's ratings are exactly those that were given, in the order of the seed."""
    rated = [t["trial"] for t in description["trials"] if not t["training"]]
    expected = ["training", *order_from_seed(rated, session["seed"], "trials")]
    assert [record["trial"] for record in records] == expected
    by_id = {trial["trial"]: trial for trial in description["trials"]}
    for record in records:
        trial = by_id[record["trial"]]
        order = order_from_seed(trial["stimuli"], session["seed"], record["trial"])
        assert record["order"] == order
        assert {r["stimulus"]: r["score"] for r in record["ratings"]} == {
            stimulus: scores[stimulus] for stimulus in trial["stimuli"]
        }
        assert all(r["plays"] == 1 and r["seconds"] > 0 for r in record["ratings"])
        assert record["reference_plays"] == 1
        assert sum(r["seconds"] for r in record["ratings"]) <= record["duration"]
        assert record["training"] is trial["training"]
        assert record["seed"] == session["seed"]
        assert record["complete"] is True
        check_record(record, description)
    assert len({record["record"] for record in records}) == len(records)


def check_import(path, folder, built, scores):
    """The analysis reads the same ratings, under the conditions of the key."""
    reading = valid_ratings(read_results([path]).submissions, read_key(key_path(folder)))
    assert not reading.rejected
    found = {(r.trial, r.condition): r.score for r in reading.ratings}
    test, _ = built
    assert found == {
        (trial.id, condition): scores[stimulus]
        for trial in test.trials
        if not trial.training
        for stimulus, condition in trial.stimuli.items()
    }


def test_a_whole_test_from_disk_with_the_keyboard_alone(built, folder, browser):
    description = read_description(folder)
    scores = scores_for(description)
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.to_training()
    listener.rate_all(scores)
    listener.choose("Next trial")
    listener.title("Trial 1 of 3")
    first, second = listener.order[:2]
    listener.press("0")
    listener.rate("1", first, scores[first])
    listener.rate("2", second, scores[second])
    browser.refresh()  # in the middle of a trial
    listener.title("Trial 1 of 3")
    assert listener.order[:2] == [first, second]
    shown = [output.text for output in browser.find_elements(By.TAG_NAME, "output")]
    assert shown == [str(scores[first]), str(scores[second]), "–", "–", "–", "–"]
    for place, stimulus in enumerate(listener.order[2:], 3):
        listener.rate(str(place), stimulus, scores[stimulus])
    for heading, label in (("Trial 2 of 3", "Next trial"), ("Trial 3 of 3", "Next trial")):
        listener.choose(label)
        listener.title(heading)
        listener.rate_all(scores)
    listener.choose("Finish")
    listener.title("Thank you!")
    assert "Please download them" in browser.find_element(By.TAG_NAME, "main").text
    name, records = listener.download()
    assert name.startswith(description["test"])
    check_records(records, description, scores, listener.session)
    path = folder.with_name("downloaded.json")
    path.write_text(json.dumps(records))
    check_import(path, folder, built, scores)
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_a_killed_server_loses_nothing(built, folder, browser, serve):
    description = read_description(folder)
    scores = scores_for(description)
    server = serve()
    listener = Listener(browser, f"http://127.0.0.1:{server.port}/")
    listener.to_training()
    listener.rate_all(scores)
    listener.choose("Next trial")
    listener.title("Trial 1 of 3")
    results = Path(f"{folder}.results.jsonl")
    listener.until(lambda: len(finished(results)) == 1)
    server.send_signal(signal.SIGKILL)
    server.wait()
    listener.rate_all(scores)
    listener.choose("Next trial")
    # the next trial was loaded ahead; its own successor needs the server
    listener.title("Trial 2 of 3")
    status = browser.find_element(By.CLASS_NAME, "status")
    listener.until(lambda: "waiting for the server: 1 (Trial 1 of 3: no answer)" in status.text)
    listener.rate_all(scores)
    assert len(finished(results)) == 1
    serve(server.port)
    listener.until(lambda: len(finished(results)) == 2, 60)
    listener.choose("Next trial")
    listener.title("Trial 3 of 3")
    listener.rate_all(scores)
    listener.choose("Finish")
    listener.title("Thank you!")
    main = browser.find_element(By.TAG_NAME, "main")
    listener.until(lambda: "All your answers have arrived" in main.text)
    records = finished(results)
    check_records(records, description, scores, listener.session)
    check_import(results, folder, built, scores)
    assert listener.download()[1] == records


RENDER = """
const [first, second, frames, done] = arguments;
const { signals, rate } = Mushra.app.page.made.engine;
const context = new OfflineAudioContext(1, frames, rate);
const engine = new Mushra.Engine(context, signals);
engine.play(first, 1600 / rate);
engine.play(second, 11205 / rate);
engine.loop(4000, 16000, 40000 / rate);
engine.pause(60000 / rate);
const position = engine.position();
context.startRendering().then((buffer) => {
  const bytes = new Uint8Array(buffer.getChannelData(0).buffer);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  done([btoa(text), position]);
});
"""


def decoded_in(listener, name):
    """A signal [T] as the browser plays it."""
    code = "return Array.from(Mushra.app.page.made.engine.signals[arguments[0]])"
    return np.array(listener.script(code, name))


def looped(signal, start, end):
    """What sounds while the frames [start, end) are looped: borders fade over 5 ms."""
    part = signal[start:end].copy()
    fade = RAMP[:-1]
    part[: len(fade)] *= fade
    part[-len(fade) :] *= fade[::-1]
    return part


FADE = 80  # frames: 5 ms at 16 kHz
QUANTUM = 128  # frames between two fades
RAMP = 0.5 - 0.5 * np.cos(np.pi * np.arange(FADE + 1) / FADE)


def test_switching_is_sample_exact(built, folder, browser):
    test, _ = built
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.to_training()
    first, second = listener.order[:2]
    frames = 64_000
    encoded, position = browser.execute_async_script(RENDER, first, second, frames)
    rendered = np.frombuffer(b64decode(encoded), "<f4")
    signals = {name: decoded_in(listener, name) for name in (first, second)}

    def voice(name, start, end, begin, rest):
        """The looped signal from the frame `begin` on, as if it always sounded."""
        loop = looped(signals[name], start, end)
        return loop[(np.arange(frames) - begin + rest) % len(loop)]

    def gate(rise, fall):
        gain = np.zeros(frames)
        gain[rise : rise + FADE + 1] = RAMP
        gain[rise + FADE + 1 : fall] = 1
        gain[fall : fall + FADE + 1] = RAMP[::-1]
        return gain

    length = test.trials[0].frames
    moved = 40_000 + FADE + QUANTUM  # where the shorter loop starts
    rest = (40_000 + FADE - 1600) % length  # frame of the signal that sounded at the cut
    inside = rest - 4000 if 4000 <= rest < 16_000 else 0
    expected = gate(1600, 11_205) * voice(first, 0, length, 1600, 0)
    expected += gate(11_205 + FADE, 40_000) * voice(second, 0, length, 1600, 0)
    expected += gate(moved, 60_000) * voice(second, 4000, 16_000, moved, inside)
    assert np.abs(expected).max() > 0.1
    assert np.abs(rendered - expected).max() < 5e-7
    assert position == 4000 + (60_000 + FADE - moved + inside) % 12_000


HURRY = """
const done = arguments[0];
const rate = 16000;
const context = new OfflineAudioContext(1, rate, rate);
const one = new Float32Array(rate).fill(1);
const engine = new Mushra.Engine(context, { a: one, b: one, c: one });
for (const id of ["a", "b", "c", "a", "b"]) engine.play(id, 0.25);
engine.pause(0.25);
engine.play("c", 0.25);
context.startRendering().then((buffer) => done(Array.from(buffer.getChannelData(0))));
"""


def test_two_signals_never_sound_at_once_however_fast_the_keys(folder, browser):
    """Signals of ones: each of six switches at the same moment gets its own way down and up."""
    Listener(browser, (folder / "index.html").as_uri()).title("Welcome to this listening test")
    level = np.array(browser.execute_async_script(HURRY))
    assert level.max() <= 1 + 1e-6
    assert not level[:4000].any()
    ups = np.flatnonzero((level[:-1] < 0.5) & (level[1:] >= 0.5))
    assert len(ups) == 6
    gaps = [level[a:b].min() for a, b in pairwise(ups + 1)]
    assert gaps == [0] * 5
    assert np.abs(np.diff(level)).max() < np.pi / FADE  # no click: a fade or two in one place


def test_decoded_samples_are_those_of_the_recordings(built, folder, browser):
    test, _ = built
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.to_training()
    for name, samples in test.trials[0].samples.items():
        decoded = decoded_in(listener, name)
        # Chromium divides positive samples by 32767 and negative ones by 32768
        assert np.abs(decoded - samples / 32768).max() < 0.5 / 32768
    assert listener.script("return Mushra.app.output.context.sampleRate") == RATE


def test_only_what_plays_can_be_rated(folder, browser):
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.to_training()
    sliders = browser.find_elements(By.CSS_SELECTOR, ".slider input")
    assert len(sliders) == 6
    assert not any(slider.is_enabled() for slider in sliders)
    assert all("unset" in slider.get_attribute("class") for slider in sliders)
    second = listener.order[1]
    listener.hear("2", second)
    assert [slider.is_enabled() for slider in sliders] == [False, True, False, False, False, False]
    sliders[1].click()  # the middle, where the hidden thumb rests: a rating all the same
    assert listener.session["trials"]["training"]["scores"] == {second: 50}
    assert "unset" not in sliders[1].get_attribute("class")
    assert sliders[1].get_attribute("aria-valuetext") == "50, Fair"
    listener.press(" ")
    assert not any(slider.is_enabled() for slider in sliders)
    listener.choose("Next trial")
    missing = browser.find_element(By.CLASS_NAME, "missing").text
    assert missing == (
        "Please listen to the reference. Still to be heard and rated: 1, 3, 4, 5, 6."
    )
    assert listener.heading == "Training"


def interruption(browser):
    return browser.find_element(By.CLASS_NAME, "interruption").text


STUCK = "Object.defineProperty(Mushra.app.output.context, 'currentTime', { value: 5 })"
SUSPEND = "Mushra.app.output.context.suspend()"


@pytest.mark.parametrize("stop", [SUSPEND, STUCK], ids=["suspended", "clock stands still"])
def test_what_nobody_hears_cannot_be_rated(folder, browser, stop):
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.to_training()
    first = listener.order[0]
    listener.rate("1", first, 42)
    assert interruption(browser) == ""
    listener.script(stop)
    listener.until(lambda: "The sound was interrupted" in interruption(browser))
    assert listener.playing is None
    slider = browser.find_element(By.CSS_SELECTOR, ".slider input")
    assert not slider.is_enabled()
    heard = listener.session["trials"]["training"]["seconds"][first]
    if stop == STUCK:  # only another context helps
        listener.click("Try again")
        listener.title("Training")
    listener.hear("1", first)
    assert interruption(browser) == ""
    assert listener.session["trials"]["training"]["scores"] == {first: 42}
    assert listener.session["trials"]["training"]["seconds"][first] >= heard


NEVER = "Mushra.app.output.context.resume = () => new Promise(() => {})"
REFUSED = "Mushra.app.output.context.resume = () => Promise.reject(new DOMException('in use'))"
CLOSED = "Mushra.app.output.context.close()"


@pytest.mark.parametrize("fault", [NEVER, REFUSED, CLOSED], ids=["silence", "refusal", "closed"])
def test_sound_that_does_not_start_is_told(folder, browser, fault):
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.to_training()
    listener.script("Mushra.app.output.context.suspend()")
    listener.script(fault)
    listener.press("1")
    listener.until(lambda: "The sound does not start" in interruption(browser))
    assert listener.playing is None
    assert listener.session["trials"]["training"]["plays"] == {}
    listener.click("Try again")
    listener.title("Training")
    listener.hear("1", listener.order[0])


def test_tones_and_volume_are_not_judged_in_silence(folder, browser):
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.title("Welcome to this listening test")
    listener.choose("Start")
    listener.title("Headphone check")
    choice = browser.find_element(By.CSS_SELECTOR, ".choices button")
    listener.click("Play the three tones")
    listener.until(choice.is_enabled)
    listener.script(SUSPEND)
    listener.until(lambda: not choice.is_enabled())
    assert "The sound was interrupted" in interruption(browser)
    listener.click("Play again")
    listener.until(choice.is_enabled)
    listener.click("Skip the check")
    listener.title("Volume")
    listener.click("Play")
    listener.until(lambda: browser.find_elements(By.XPATH, "//button[.='Pause']"))
    listener.script(SUSPEND)
    listener.until(lambda: browser.find_elements(By.XPATH, "//button[.='Play']"))
    assert "The sound was interrupted" in interruption(browser)


@pytest.mark.parametrize(
    ("key", "code", "place"),
    [
        ("&", "Digit1", 1),  # French
        ("\u00e9", "Digit2", 2),
        ('"', "Digit3", 3),
        ("'", "Digit4", 4),
        ("(", "Digit5", 5),
        ("-", "Digit6", 6),
        ("\u0161", "Digit3", 3),  # Czech
        ("\u0664", "Digit4", 4),  # Arabic
        ("Process", "Digit2", 2),  # an input method that is on
        ("5", "Numpad5", 5),
        ("\u00e0", "Digit0", 0),
        ("\u043a", "KeyR", 0),  # Cyrillic
        ("\u03c1", "KeyR", 0),  # Greek
    ],
)
def test_keys_of_every_keyboard(keyboard, key, code, place):
    listener = keyboard
    ids = [listener.script("return Mushra.app.page.made.trial.reference"), *listener.order]
    other = ids[1 if place != 1 else 2]
    listener.hear("1" if place != 1 else "2", other)
    press_key(listener.driver, key, code)
    listener.until(lambda: listener.playing == ids[place])


@pytest.mark.parametrize(("key", "code"), [("End", "Numpad1"), ("z", "KeyR"), ("r", "KeyZ")])
def test_keys_that_mean_something_else_stay_so(keyboard, key, code):
    listener = keyboard
    second = listener.order[1]
    listener.hear("2", second)
    press_key(listener.driver, key, code)
    expected = listener.script("return Mushra.app.page.made.trial.reference")
    listener.until(lambda: listener.playing == (expected if key == "r" else second))


def press_key(browser, key, code):
    browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown", "key": key, "code": code})
    browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", "key": key, "code": code})


@pytest.fixture(scope="module")
def keyboard(built, one_browser):
    """A listener in the training trial, for tests that only press keys."""
    listener = Listener(one_browser, (built[1] / "index.html").as_uri())
    listener.to_training()
    return listener


@pytest.mark.parametrize("mobile", [True, False])
def test_a_phone_that_may_be_silenced_is_told(folder, browser, mobile):
    says = "Object.defineProperty(navigator, 'platform', { value: 'iPhone' });"
    session = "navigator.audioSession = { type: 'auto' };"
    source = says + session if mobile else session
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
    listener = Listener(browser, (folder / "index.html").as_uri())
    main = lambda: browser.find_element(By.TAG_NAME, "main").text  # noqa: E731
    listener.title("Welcome to this listening test")
    listener.choose("Start")
    listener.title("Headphone check")
    assert ("silent mode" in main()) == mobile
    listener.choose("Skip the check")
    listener.title("Volume")
    assert ("silent mode" in main()) == mobile
    assert listener.script("return navigator.audioSession.type") == "playback"


def test_a_second_tab_takes_over_and_nothing_is_lost(folder, browser):
    address = (folder / "index.html").as_uri()
    listener = Listener(browser, address)
    listener.to_training()
    first, second = listener.order[:2]
    listener.rate("1", first, 42)
    former = browser.current_window_handle
    browser.switch_to.new_window("tab")
    there = Listener(browser, address)
    there.title("Welcome back")
    there.choose("Continue as before")
    there.title("Training")
    there.rate("2", second, 81)
    later = browser.current_window_handle
    browser.switch_to.window(former)
    listener.title("Open in another tab")
    listener.click("Continue here instead")
    listener.title("Training")
    assert listener.session["trials"]["training"]["scores"] == {first: 42, second: 81}
    browser.switch_to.window(later)
    there.title("Open in another tab")


FULL = """
const put = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
  if (key.includes("/session/")) throw new DOMException("full", "QuotaExceededError");
  put.call(this, key, value);
};
"""


def test_what_a_full_storage_did_not_take_survives_another_tab(folder, browser):
    address = (folder / "index.html").as_uri()
    listener = Listener(browser, address)
    listener.to_training()
    listener.script(FULL)
    first = listener.order[0]
    listener.rate("1", first, 42)
    former = browser.current_window_handle
    browser.switch_to.new_window("tab")
    Listener(browser, address).title("Welcome back")
    browser.switch_to.window(former)
    listener.title("Open in another tab")
    (record,) = listener.download()[1]
    assert {r["stimulus"]: r["score"] for r in record["ratings"]}[first] == 42
    listener.click("Continue here instead")
    listener.title("Training")
    assert listener.session["trials"]["training"]["scores"] == {first: 42}


def test_a_browser_that_keeps_nothing_says_so(folder, browser):
    blocked = """Object.defineProperty(window, "localStorage", {
        get() { throw new DOMException("blocked", "SecurityError"); } });"""
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": blocked})
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.title("Welcome to this listening test")
    assert "keeps nothing" in browser.find_element(By.CLASS_NAME, "status").text
    listener.to_training()
    description = read_description(folder)
    listener.rate_all(scores_for(description))
    listener.choose("Next trial")
    listener.title("Trial 1 of 3")
    assert [record["trial"] for record in listener.download()[1]] == ["training"]


def test_a_refused_record_is_told_and_kept(folder, browser, serve):
    server = serve()
    listener = Listener(browser, f"http://127.0.0.1:{server.port}/")
    listener.to_training()
    listener.script("Mushra.app.store.test.test = 'another'")  # as after the test was built anew
    listener.rate_all(scores_for(read_description(folder)))
    listener.choose("Next trial")
    status = lambda: browser.find_element(By.CLASS_NAME, "status").text  # noqa: E731
    listener.until(lambda: "refused an answer (Training: of test another;" in status())
    assert len(listener.download()[1]) == 1


def closed_and_opened_again(browser, listener):
    """A new visit: what a tab has does not outlive it."""
    listener.script("sessionStorage.clear()")
    browser.refresh()


def test_an_unfinished_trial_is_in_the_download(folder, browser):
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.to_training()
    assert listener.download()[1] == []
    first, second, *others = listener.order
    listener.rate("1", first, 42)
    listener.rate("2", second, 0)
    (draft,) = listener.download()[1]
    description = read_description(folder)
    check_record(draft, description)
    assert (draft["trial"], draft["complete"], draft["reference_plays"]) == ("training", False, 0)
    expected = {first: 42, second: 0} | dict.fromkeys(others)
    assert {r["stimulus"]: r["score"] for r in draft["ratings"]} == expected
    assert [r["plays"] for r in draft["ratings"]] == [1, 1, 0, 0, 0, 0]
    listener.rate_all(scores_for(description))
    listener.choose("Next trial")
    listener.title("Trial 1 of 3")
    listener.rate("1", listener.order[0], 9)
    whole, draft = listener.download()[1]
    assert (whole["trial"], whole["complete"]) == ("training", True)
    path = folder.with_name("downloaded.json")
    path.write_text(json.dumps([whole, draft]))
    reading = valid_ratings(read_results([path]).submissions, read_key(key_path(folder)))
    assert reading.ratings == ()
    (left,) = reading.rejected
    assert f"not finished trial {draft['trial']}: 1 of 6 stimuli rated" in left.why


def test_a_damaged_session_stops_no_other_listener(folder, browser):
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.title("Welcome to this listening test")
    listener.script("localStorage.setItem(Mushra.app.store.prefix + 'session/x', '{torn')")
    browser.refresh()
    listener.to_training()
    listener.rate("1", listener.order[0], 42)
    assert len(listener.download()[1]) == 1
    kept = listener.script("return localStorage.getItem(Mushra.app.store.prefix + 'session/x')")
    assert kept == "{torn"


def test_a_listener_who_quits_leaves_a_draft_at_the_server(folder, browser, serve):
    server = serve()
    listener = Listener(browser, f"http://127.0.0.1:{server.port}/")
    listener.to_training()
    first, second = listener.order[:2]
    listener.rate("1", first, 42)
    listener.rate("2", second, 81)
    browser.get("about:blank")  # within the pause between two drafts
    results = Path(f"{folder}.results.jsonl")

    def last():
        lines = results.read_text().splitlines()
        return json.loads(lines[-1]) if lines else {"ratings": []}

    given = lambda: {r["stimulus"]: r["score"] for r in last()["ratings"] if r["score"] is not None}  # noqa: E731
    listener.until(lambda: given() == {first: 42, second: 81})
    assert last()["complete"] is False


def test_the_next_listener_of_a_shared_computer_is_asked(folder, browser, serve):
    server = serve()
    listener = Listener(browser, f"http://127.0.0.1:{server.port}/")
    listener.to_training()
    former = listener.session["listener"]
    scores = scores_for(read_description(folder))
    listener.rate_all(scores)
    listener.choose("Next trial")
    listener.title("Trial 1 of 3")
    one = listener.order[0]
    listener.rate("1", one, 33)
    browser.refresh()
    listener.title("Trial 1 of 3")  # a reload asks nothing

    closed_and_opened_again(browser, listener)
    listener.title("Welcome back")
    assert "1 of 4 trials are finished" in browser.find_element(By.TAG_NAME, "main").text
    browser.refresh()
    listener.title("Welcome back")  # and asks until it is answered
    listener.choose("Continue as before")
    listener.title("Trial 1 of 3")
    assert listener.session["trials"][listener.script(TRIAL)]["scores"] == {one: 33}
    browser.refresh()
    listener.title("Trial 1 of 3")

    listener.script(
        "Mushra.app.store.session.saved -= 31 * 60000; Mushra.app.store.write("
        "Mushra.app.store.session); Mushra.app.store.save = () => {};"
    )
    browser.refresh()  # after half an hour the tab tells nothing about who is there
    listener.title("Welcome back")
    listener.choose("I am someone else")
    listener.title("Welcome to this listening test")
    assert listener.session["listener"] != former
    listener.to_training()
    listener.rate("1", listener.order[0], 5)
    browser.refresh()
    listener.title("Training")
    records = listener.download()[1]
    assert [
        (r["listener"] == former, r["trial"] == "training", r["complete"]) for r in records
    ] == [
        (True, True, True),
        (True, False, False),
        (False, True, False),
    ]
    assert next(r["score"] for r in records[1]["ratings"] if r["stimulus"] == one) == 33


TRIAL = "return Mushra.app.page.made.trial.trial"


def test_who_was_here_before_is_still_sent(folder, browser, serve):
    """A former listener's trial that the server did not have when the next one began."""
    server = serve()
    listener = Listener(browser, f"http://127.0.0.1:{server.port}/")
    listener.to_training()
    former = listener.session["listener"]
    server.send_signal(signal.SIGKILL)
    server.wait()
    listener.rate_all(scores_for(read_description(folder)))
    listener.choose("Next trial")
    listener.title("Trial 1 of 3")
    listener.script("Mushra.app.store.restart(); Mushra.app.go('welcome')")
    status = lambda: browser.find_element(By.CLASS_NAME, "status").text  # noqa: E731
    listener.until(lambda: f"1 (Training of listener {former}: no answer)" in status())
    serve(server.port)
    results = Path(f"{folder}.results.jsonl")
    listener.until(lambda: [r["listener"] for r in finished(results)] == [former], 60)


def test_a_clock_that_is_set_back_delays_no_record(folder, browser, serve):
    server = serve()
    listener = Listener(browser, f"http://127.0.0.1:{server.port}/")
    listener.to_training()
    server.send_signal(signal.SIGKILL)
    server.wait()
    listener.rate_all(scores_for(read_description(folder)))
    listener.choose("Next trial")
    listener.title("Trial 1 of 3")
    status = lambda: browser.find_element(By.CLASS_NAME, "status").text  # noqa: E731
    listener.until(lambda: "waiting for the server: 1 (Training: no answer)" in status())
    listener.script("const now = Date.now; Date.now = () => now() - 3600000")
    serve(server.port)
    listener.until(lambda: status() == "Saved, and sent: 1", 60)
    (record,) = finished(Path(f"{folder}.results.jsonl"))
    assert record["trial"] == "training"


def test_a_clock_that_is_set_back_loses_no_rating_to_another_tab(folder, browser):
    """What was saved last is later than what was saved before, whatever the clock says."""
    address = (folder / "index.html").as_uri()
    listener = Listener(browser, address)
    listener.to_training()
    first, second = listener.order[:2]
    listener.rate("1", first, 42)
    former = browser.current_window_handle
    browser.switch_to.new_window("tab")
    there = Listener(browser, address)
    there.title("Welcome back")
    there.choose("Continue as before")
    there.title("Training")
    there.script("const now = Date.now; Date.now = () => now() - 3600000")
    there.rate("2", second, 81)
    browser.switch_to.window(former)
    listener.title("Open in another tab")
    listener.click("Continue here instead")
    listener.title("Training")
    assert listener.session["trials"]["training"]["scores"] == {first: 42, second: 81}


FAILING = """
const [trial, status, body] = arguments;
const post = window.fetch;
window.undo = () => (window.fetch = post);
window.fetch = (address, options) =>
  JSON.parse(options.body).trial === trial && JSON.parse(options.body).complete
    ? Promise.resolve(new Response(body, { status, headers: { "Content-Type": "text/plain" } }))
    : post(address, options);
"""


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [(503, "the disk is full", "the disk is full"), (200, "<html>Log in to Wi-Fi", "Log in to")],
    ids=["full disk", "captive portal"],
)
def test_one_failing_record_stops_no_other(folder, browser, serve, status, body, why):
    server = serve()
    listener = Listener(browser, f"http://127.0.0.1:{server.port}/")
    listener.to_training()
    listener.script(FAILING, "training", status, body)
    scores = scores_for(read_description(folder))
    listener.rate_all(scores)
    listener.choose("Next trial")
    listener.title("Trial 1 of 3")
    shown = lambda: browser.find_element(By.CLASS_NAME, "status").text  # noqa: E731
    listener.until(lambda: "waiting for the server: 1 (Training: " in shown())
    assert why in shown()
    second = listener.script(TRIAL)
    listener.rate_all(scores)
    listener.choose("Next trial")
    listener.title("Trial 2 of 3")
    results = Path(f"{folder}.results.jsonl")
    listener.until(lambda: [r["trial"] for r in finished(results)] == [second])
    assert "(Training: " in shown()
    listener.script("window.undo()")
    listener.until(lambda: [r["trial"] for r in finished(results)] == [second, "training"], 60)
    listener.until(lambda: shown() == "Saved, and sent: 2")


def test_missing_audio_is_told_and_tried_again(folder, browser):
    script = folder / "audio" / "training.js"
    hidden = script.rename(folder / "hidden.js")
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.title("Welcome to this listening test")
    listener.choose("Start")
    listener.title("Headphone check")
    listener.choose("Skip the check")
    alert = listener.until(lambda: browser.find_elements(By.CSS_SELECTOR, "[role=alert]"))
    assert "audio/training.js" in alert[0].text
    hidden.rename(script)
    listener.click("Try again")
    listener.title("Volume")


def test_the_headphone_check_counts_what_was_right(folder, browser):
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.title("Welcome to this listening test")
    listener.choose("Start")
    listener.title("Headphone check")
    seed = listener.session["seed"]
    for place in range(6):
        kinds = order_from_seed(["plain", "soft", "antiphase"], seed, f"headphones {place}")
        listener.click("Play the three tones")
        answer = browser.find_elements(By.CSS_SELECTOR, ".choices button")
        listener.until(answer[0].is_enabled)
        right = kinds.index("soft")
        answer[right if place else (right + 1) % 3].click()  # one mistake is allowed
    assert "sounds like headphones" in browser.find_element(By.TAG_NAME, "main").text
    listener.click("Continue")
    listener.title("Volume")
    assert listener.session["headphones"] == {"correct": 5, "rounds": 6}


def test_the_loop_is_dragged_and_moved_with_keys(folder, browser):
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.to_training()
    wave = browser.find_element(By.CLASS_NAME, "waveform")
    width = wave.size["width"]
    drag = webdriver.ActionChains(browser).move_to_element_with_offset(wave, -width // 4, 0)
    drag.click_and_hold().move_by_offset(width // 2, 0).release().perform()
    loop = lambda: listener.script(  # noqa: E731
        "const e = Mushra.app.page.made.engine; return [e.from / e.length, e.to / e.length]"
    )
    assert loop() == pytest.approx([0.25, 0.75], abs=0.01)
    start = browser.find_element(By.CSS_SELECTOR, ".handle.start")
    before = float(start.get_attribute("aria-valuenow"))
    start.send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert float(start.get_attribute("aria-valuenow")) == pytest.approx(before - 0.2, abs=0.11)
    listener.press("l")
    assert loop() == [0, 1]


def test_german(folder, browser):
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.title("Welcome to this listening test")
    browser.find_element(By.CSS_SELECTOR, "header select").send_keys("Deutsch")
    listener.title("Willkommen zu diesem Hörtest")
    assert listener.script("return document.documentElement.lang") == "de"
    browser.refresh()
    listener.title("Willkommen zu diesem Hörtest")


def violations(listener):
    """Serious findings of axe-core on the shown page: rule and element."""
    found = listener.driver.execute_async_script(
        "const done = arguments[0]; axe.run(document).then((r) => done(r.violations))"
    )
    return [
        (violation["id"], node["html"])
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core: npm install --prefix build axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_nothing_bars_anybody(folder, browser, scheme, width):
    """No serious finding of axe-core on any page; nothing is wider than the screen."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    scheme = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    listener = Listener(browser, (folder / "index.html").as_uri())
    listener.script(AXE.read_text())
    listener.title("Welcome to this listening test")

    def check_record():
        assert violations(listener) == []
        overflow = "return document.documentElement.scrollWidth - window.innerWidth"
        assert listener.script(overflow) <= 0

    check_record()
    for label, heading in (
        ("Start", "Headphone check"),
        ("Skip the check", "Volume"),
        ("Continue", "Two questions"),
        ("Continue", "Training"),
    ):
        listener.click(label)
        listener.title(heading)
        check_record()
    listener.rate("1", listener.order[0], 77)
    check_record()
    listener.click("Help")
    check_record()
    listener.script("document.querySelector('dialog').close(); Mushra.app.go('finish')")
    listener.title("Thank you!")
    check_record()
    listener.script("Mushra.app.lose()")
    listener.title("Open in another tab")
    check_record()
    closed_and_opened_again(browser, listener)
    listener.title("Welcome back")
    listener.script(AXE.read_text())
    check_record()
