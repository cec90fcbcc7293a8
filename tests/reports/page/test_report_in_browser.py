"""The report in a real browser, without a network: no console message, sorts, filters, plays."""

import shutil
import time
from pathlib import Path

import pytest

from nscbench.benchmarks.cli import main
from support.runs import items, ladder, write_audio, write_run

pytestmark = pytest.mark.browser
browsers = pytest.importorskip("support.browsers")
AXE = browsers.AXE
LOADED = "return performance.getEntriesByType('resource').map((entry) => entry.name)"


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
    yield from browsers.offline()


@pytest.fixture
def opened(browser, page):
    browser.set_window_size(1280, 900)
    browser.get(page)
    yield browser
    assert browser.get_log("browser") == []
    folder = page.removesuffix("report.html")
    assert all(name.startswith(f"{folder}audio/") for name in browser.execute_script(LOADED))


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
    assert shown(opened)[:3] == ["new-24", "opus-24", "new-12"]  # the best first
    write(opened, "#filter-name", "opus, pcm")
    assert shown(opened) == ["opus-24", "opus-12", "opus-8", "opus-6", "pcm"]
    write(opened, "#filter-low", "7")
    write(opened, "#filter-high", "12.5")
    assert shown(opened) == ["opus-12", "opus-8"]
    write(opened, "#filter-low", "")
    write(opened, "#filter-high", "")
    click(opened, "one('.filter-kind[value=control]')")
    assert shown(opened) == ["opus-24", "opus-12", "opus-8", "opus-6"]
    assert opened.execute_script("return one('#shown').textContent") == "4 of 9 shown"


def test_the_matrix_follows_the_chosen_column(opened):
    opened.execute_script("one('#significance').scrollIntoView({behavior: 'instant'})")
    wait(opened, "return all('#matrix tbody td').length === 64")
    text = "return one('#matrix tbody tr:nth-child(1) td:nth-child(3)').title"
    before = opened.execute_script(text)
    assert before.startswith("new-24 − opus-24: +0.1")
    assert before.endswith(" after Holm, 12/12 items")
    opened.execute_script("chosen.value = 'estoi'; chosen.dispatchEvent(new Event('change'))")
    assert opened.execute_script(text) != before


def test_players_play_and_switch_in_sync(opened):
    gains = "return one('.card').player.sources.map((s) => (s ? s.gain.gain.value : 0))"
    play = opened.find_element("css selector", ".card .play")
    bring(opened, play)
    play.click()
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


def test_nothing_is_loaded_before_it_is_asked_for(opened):
    loads = "return all('.card').flatMap((card) => card.player.loads.filter(Boolean)).length"
    assert opened.execute_script(loads) == 0
    opened.execute_script("one('.card').scrollIntoView({behavior: 'instant', block: 'center'})")
    wait(opened, "return all('.pictures img', one('.card')).every((image) => image.naturalWidth)")
    assert opened.execute_script(loads) == 2  # the reference, and what is heard first


def test_items_and_conditions_are_picked(opened):
    visible = "return all('.card').map((card) => !card.hidden)"
    assert opened.execute_script(visible) == [True] + [False] * 8
    opened.execute_script(
        "const box = one('#item'); box.value = 3;box.dispatchEvent(new Event('change'))"
    )
    assert opened.execute_script(visible) == [False] * 3 + [True] + [False] * 5
    heard = "return all('.card')[3].player.sources.filter(Boolean).length"
    counted = "return all('.card')[3].querySelector('.pick summary').textContent"
    assert opened.execute_script(counted) == "Conditions: 2 of 9"
    play = opened.find_elements("css selector", ".card .play")[3]
    bring(opened, play)
    play.click()  # of a person's hand: else a browser plays nothing
    wait(opened, heard.replace(".length", ".length === 3"))
    click(opened, "all('.card')[3].querySelectorAll('.pick input')[8]")
    assert opened.execute_script(counted) == "Conditions: 3 of 9"
    wait(opened, heard.replace(".length", ".length === 4"))
    bring(opened, play)
    play.click()


def test_cells_speak_by_tap_and_by_the_keys(opened):
    keys = pytest.importorskip("selenium.webdriver.common.keys").Keys
    said = "return one('#detail').textContent"
    cell = opened.find_element("css selector", "#board tbody td:nth-child(4)")
    bring(opened, cell)
    cell.click()
    first = opened.execute_script(said)
    assert first.startswith("new-24: PESQ-WB (MOS-LQO) (pesq_wb) 2.")
    assert ", 95 % 2." in first
    assert first.endswith(", rank 1")
    opened.switch_to.active_element.send_keys(keys.ARROW_DOWN)
    assert opened.execute_script(said).startswith("opus-24: PESQ-WB")
    opened.switch_to.active_element.send_keys(keys.ARROW_RIGHT)
    assert opened.execute_script(said).startswith("opus-24: ESTOI")  # the next that is shown
    opened.switch_to.active_element.send_keys(keys.ESCAPE)
    assert opened.execute_script("return one('#detail').hidden")


def test_a_page_without_its_audio_says_so(browser, page, tmp_path):
    alone = shutil.copy(Path(page.removeprefix("file://")), tmp_path)
    browser.get(Path(alone).as_uri())
    play = browser.find_element("css selector", ".card .play")
    bring(browser, play)
    play.click()
    wait(browser, "return one('.card .missing').textContent.includes('keep the folder audio')")
    browser.get_log("browser")  # that of the missing files


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
    drawn = "return all('.drawn svg').map((s) => s.getBoundingClientRect()).filter((b) => b.width)"
    boxes = opened.execute_script(drawn)
    assert len(boxes) > 3
    assert all(box["left"] >= 0 and box["right"] <= width for box in boxes)
    narrow = "return getComputedStyle(one('.narrow')).display"
    assert (opened.execute_script(narrow) == "none") == (width == 1280)
    assert not opened.execute_script(r"return /\bnan\b/i.test(document.body.innerText)")
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core: npm install --prefix build axe-core")
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_anybody(opened, width, theme):
    """No finding of axe-core, with all that unfolds."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    opened.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
    opened.execute_script("all('details').forEach((one) => (one.open = true))")
    opened.execute_script("one('#significance').scrollIntoView({behavior: 'instant'})")
    wait(opened, "return all('#matrix tbody td').length === 64")
    opened.execute_script(AXE.read_text())
    found = opened.execute_async_script(
        "const done = arguments[0]; axe.run(document).then((r) => done(r.violations))"
    )
    assert [(one["id"], node["html"]) for one in found for node in one["nodes"]] == []
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_theme_switches(opened):
    paper = "return getComputedStyle(document.body).backgroundColor"
    before = opened.execute_script(paper)
    click(opened, "one('#theme')")
    assert opened.execute_script(paper) != before


def bring(browser, element):
    """Into the middle of the window, and nothing lies over it.

    The page scrolls smoothly, and what it draws on the way moves what is below.
    """
    wait(
        browser,
        "arguments[0].scrollIntoView({behavior: 'instant', block: 'center'});"
        "const box = arguments[0].getBoundingClientRect();"
        "const x = box.x + box.width / 2, y = box.y + box.height / 2;"
        "return arguments[0].contains(document.elementFromPoint(x, y))",
        element,
    )


def wait(browser, condition, *arguments):
    deadline = time.monotonic() + 20
    while not browser.execute_script(condition, *arguments):
        assert time.monotonic() < deadline, condition
        time.sleep(0.02)
