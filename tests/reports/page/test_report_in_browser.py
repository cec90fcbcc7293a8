"""The report in a real browser, without a network: no console message, sorts, filters, plays."""

import shutil
import time

import pytest

from nscbench.benchmarks.cli import main
from support.runs import items, ladder, write_audio, write_run

pytestmark = pytest.mark.browser
webdriver = pytest.importorskip("selenium.webdriver")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Address of a report of two codecs, with audio."""
    root = tmp_path_factory.mktemp("page") / "run"
    controls = {"pcm": ("pcm", "control", 256, 2.0)}
    write_run(root, ladder("opus") | ladder("new", 0.15) | controls, items(12, 6))
    write_audio(root, seconds=8.0)  # still plays when a busy machine looks
    assert main(["report", str(root)]) == 0
    return (root / "report" / "report.html").as_uri()


@pytest.fixture(scope="module")
def browser():
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


@pytest.fixture
def opened(browser, page):
    browser.set_window_size(1280, 900)
    browser.get(page)
    yield browser
    assert browser.get_log("browser") == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


def shown(browser):
    """Names of the visible lines of the leaderboard, from the top."""
    return browser.execute_script(
        "return all('#board tbody tr').filter((r) => !r.hidden).map((r) => r.dataset.name)"
    )


def click(browser, script):
    browser.execute_script(f"({script}).click()")


def write(browser, selector, text):
    browser.execute_script(
        "const box = one(arguments[0]); box.value = arguments[1];"
        "box.dispatchEvent(new Event('input'))",
        selector,
        text,
    )


def test_the_leaderboard_sorts(opened):
    click(opened, "heads.find((h) => h.textContent.includes('PESQ')).querySelector('button')")
    best = shown(opened)
    assert best[:2] == ["pcm", "new-24"]
    assert best[-1] == "opus-6"
    click(opened, "heads.find((h) => h.textContent.includes('PESQ')).querySelector('button')")
    assert shown(opened) == best[::-1]
    click(opened, "heads[0].querySelector('button')")
    assert shown(opened) == [
        "new-6",
        "new-8",
        "new-12",
        "new-24",
        "opus-6",
        "opus-8",
        "opus-12",
        "opus-24",
        "pcm",
    ]


def test_the_leaderboard_filters(opened):
    write(opened, "#filter-name", "opus, pcm")
    assert shown(opened) == ["opus-6", "opus-8", "opus-12", "opus-24", "pcm"]
    write(opened, "#filter-low", "7")
    write(opened, "#filter-high", "12.5")
    assert shown(opened) == ["opus-8", "opus-12"]
    write(opened, "#filter-low", "")
    write(opened, "#filter-high", "")
    click(opened, "one('.filter-kind[value=control]')")
    assert shown(opened) == ["opus-6", "opus-8", "opus-12", "opus-24"]
    assert opened.execute_script("return one('#shown').textContent") == "4 of 9 shown"


def test_the_matrix_follows_the_chosen_column(opened):
    cells = "return all('#matrix tbody td').length"
    assert opened.execute_script(cells) == 64
    text = "return one('#matrix tbody tr:nth-child(5) td:nth-child(2)').title"
    before = opened.execute_script(text)
    assert before.startswith("new-6 − opus-6: +0.1")
    assert before.endswith(" after Holm, 12/12 items")
    opened.execute_script("chosen.value = 'estoi'; chosen.dispatchEvent(new Event('change'))")
    assert opened.execute_script(text) != before


def test_players_play_and_switch_in_sync(opened):
    gains = "return one('.card').player.sources.map((s) => s.gain.gain.value)"
    opened.execute_script("one('.card').scrollIntoView({behavior: 'instant', block: 'center'})")
    opened.find_element("css selector", ".card .play").click()
    wait(opened, "return one('.card').player.offset > 0.2")
    heard = opened.execute_script(gains)
    assert heard[1] == pytest.approx(1, abs=0.02)
    assert sum(heard) == pytest.approx(1, abs=0.02)
    before = opened.execute_script("return one('.card').player.begin")
    click(opened, "all('.card .signals input')[0]")
    wait(opened, "return one('.card').player.sources[0].gain.gain.value > 0.98")
    assert sum(opened.execute_script(gains)) == pytest.approx(1, abs=0.05)
    assert opened.execute_script("return one('.card').player.begin") == before
    pictures = "return all('.pictures figure', one('.card')).map((f) => f.hidden)"
    assert opened.execute_script(pictures)[:2] == [False, False]
    click(opened, "all('.card')[1].querySelector('.play')")
    wait(opened, "return all('.card')[1].player.sources.length > 0")
    assert opened.execute_script(gains) == []
    click(opened, "all('.card')[1].querySelector('.play')")


def test_seeking(opened):
    opened.execute_script(
        "const seek = one('.card .seek'); seek.max = 8; seek.value = 2;"
        "seek.dispatchEvent(new Event('input'))"
    )
    wait(opened, "return Math.abs(one('.card').player.offset - 2) < 0.01")
    assert opened.execute_script("return one('.card .time').textContent") == "2.0 of 8.0 s"


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_fits_and_has_contrast(opened, width, theme):
    opened.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    opened.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
    assert opened.execute_script("return document.documentElement.scrollWidth") <= width
    colours = "return getComputedStyle(document.body).{}.match(/\\d+/g).slice(0, 3).map(Number)"
    ink, paper = (
        sum(opened.execute_script(colours.format(c))) / 3 for c in ("color", "backgroundColor")
    )
    assert (ink < 60 and paper > 240) if theme == "light" else (ink > 200 and paper < 40)
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_theme_switches(opened):
    paper = "return getComputedStyle(document.body).backgroundColor"
    before = opened.execute_script(paper)
    click(opened, "one('#theme')")
    assert opened.execute_script(paper) != before


def wait(browser, condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not browser.execute_script(condition):
        assert time.monotonic() < deadline, condition
        time.sleep(0.02)
