"""A real browser: Debian's Chromium through its chromedriver, and a listener at it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="selenium drives the browser")
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

CHROMIUM = shutil.which(os.environ.get("NSCBENCH_CHROMIUM", "chromium"))
DRIVER = shutil.which("chromedriver")
AXE = Path(__file__).parents[2] / "build/node_modules/axe-core/axe.min.js"

MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no chromium with its chromedriver here"),
]

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en",
    "--window-size=1200,1000",
)


def started(tmp_path):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.add_experimental_option(
        "prefs", {"download.default_directory": str(downloads), "intl.accept_languages": "en"}
    )
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    driver.downloads = downloads
    yield driver
    driver.quit()


def offline():
    """A browser without a network, whose console can be read; skips where there is none."""
    if not CHROMIUM or not DRIVER:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_network_conditions(offline=True, latency=0, throughput=0)
    yield driver
    driver.quit()


def served(folder, port=0):
    """A process that serves a test's folder; its `port` is known."""
    code = (
        "import sys; from pathlib import Path;"
        "from nscbench.listening_test.serve import server;"
        "server.serve(Path(sys.argv[1]), '127.0.0.1', int(sys.argv[2]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), str(port)], stdout=subprocess.PIPE, text=True
    )
    process.port = int(re.search(r":(\d+)/", process.stdout.readline())[1])
    return process


class Listener:
    """Somebody at a browser: sees the page and uses the keyboard, as scripts see and use it."""

    def __init__(self, driver, address):
        self.driver = driver
        self.address = address
        driver.get(address)

    def until(self, met, seconds=20):
        return WebDriverWait(self.driver, seconds, 0.05).until(lambda _: met())

    def script(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    @property
    def heading(self):
        found = self.driver.find_elements(By.TAG_NAME, "h1")
        return found[0].text if found else ""

    def title(self, text):
        self.until(lambda: self.heading == text)

    def press(self, *keys):
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def choose(self, label):
        """Tab to the button of this label, and press Enter."""
        for _ in range(60):
            active = self.driver.switch_to.active_element
            if active.tag_name == "button" and active.text == label:
                active.send_keys(Keys.ENTER)
                return
            active.send_keys(Keys.TAB)
        raise AssertionError(f"the keyboard does not reach {label!r}")

    def click(self, label):
        buttons = self.driver.find_elements(By.TAG_NAME, "button")
        next(button for button in buttons if button.text == label).click()

    def to_training(self):
        self.title("Welcome to this listening test")
        self.choose("Start")
        self.title("Headphone check")
        self.choose("Skip the check")
        self.title("Volume")
        self.choose("Continue")
        self.title("Two questions")
        self.choose("Continue")
        self.title("Training")

    @property
    def session(self):
        return self.script("return Mushra.app.store.session")

    @property
    def order(self):
        """Blind ids of the shown trial, as shown."""
        buttons = self.driver.find_elements(By.CSS_SELECTOR, ".stimulus .play")
        return [button.get_attribute("data-stimulus") for button in buttons]

    @property
    def playing(self):
        return self.script("return Mushra.app.page.made.engine.current")

    def hear(self, key, stimulus):
        self.press(key)
        self.until(lambda: self.playing == stimulus)

    def rate(self, key, stimulus, score):
        """Play a stimulus by its key, and set its slider with arrows."""
        self.hear(key, stimulus)
        slider = self.driver.switch_to.active_element
        assert slider.get_attribute("data-stimulus") == stimulus
        slider.send_keys(Keys.HOME, Keys.PAGE_UP * (score // 10), Keys.ARROW_UP * (score % 10))

    def rate_all(self, scores):
        """Rate the shown trial with these scores by blind id."""
        self.press("0")
        for place, stimulus in enumerate(self.order, 1):
            self.rate(str(place), stimulus, scores[stimulus])

    def download(self):
        self.script("document.querySelector('button.download').click()")
        path = self.until(lambda: next(iter(self.driver.downloads.glob("*.json")), None))
        records = json.loads(path.read_text())
        path.unlink()
        return path.name, records


def order_from_seed(values, seed, word):
    """The player's shuffle: Fisher-Yates, by Mulberry32 from the 32-bit FNV-1a of "seed/word"."""
    state = 0x811C9DC5
    for byte in f"{seed}/{word}".encode():
        state = (state ^ byte) * 0x01000193 % 2**32
    values = list(values)
    for i in range(len(values) - 1, 0, -1):
        state = (state + 0x6D2B79F5) % 2**32
        t = (state ^ state >> 15) * (state | 1) % 2**32
        t = (t + (t ^ t >> 7) * (t | 61)) % 2**32 ^ t
        j = int((t ^ t >> 14) / 2**32 * (i + 1))
        values[i], values[j] = values[j], values[i]
    return values
