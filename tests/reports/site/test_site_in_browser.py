"""The site in a real browser, from the disk and without a network."""

import time

import pytest

from nscbench.benchmarks.cli import main

pytestmark = pytest.mark.browser
browsers = pytest.importorskip("support.browsers")
AXE = browsers.AXE
PAGES = ["index.html", "codecs/new.html", "submit.html"]
SHOWN = "return all('#board tbody tr').filter((r) => !r.hidden).map((r) => r.dataset.name)"


@pytest.fixture(scope="module")
def site(roots, tmp_path_factory):
    """Its folder."""
    out = tmp_path_factory.mktemp("site")
    assert main(["site", *map(str, roots), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def browser():
    yield from browsers.offline()


@pytest.fixture
def visit(browser, site):
    """Opens a page of the site at a width; nothing may be said on the console."""

    def opened(page, width=1280):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get((site / page).as_uri())
        return browser

    yield opened
    assert browser.get_log("browser") == []
    loaded = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    assert all(name.startswith(site.as_uri()) for name in browser.execute_script(loaded))
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def head(name):
    return f"heads.find((h) => h.textContent.startsWith('{name}')).querySelector('button').click()"


def write(browser, selector, text, event="input"):
    browser.execute_script(
        "const box = one(arguments[0]); box.value = arguments[1];"
        "box.dispatchEvent(new Event(arguments[2]))",
        *(selector, text, event),
    )


def wait(browser, condition, *arguments):
    deadline = time.monotonic() + 20
    while not browser.execute_script(condition, *arguments):
        assert time.monotonic() < deadline, condition
        time.sleep(0.02)


def test_the_board_sorts_by_numbers_and_by_words(visit):
    page = visit("index.html")
    page.execute_script(head("PESQ"))
    best = page.execute_script(SHOWN)
    assert best[0] == "pcm"
    assert best[-1] == "opus-6"
    page.execute_script(head("delay"))
    delays = page.execute_script(SHOWN)
    assert delays[:3] == ["opus-6", "new-8", "new-6"]  # 20 and 40 ms, the whole signal; then none
    page.execute_script(head("licence"))
    assert page.execute_script(SHOWN)[:2] == ["dac-24k-12", "dac-24k-6"]
    assert page.execute_script(SHOWN)[-1] == "pcm"  # which has none
    assert page.execute_script("return one('th[aria-sort]').textContent") == "licence"


def test_the_board_filters(visit):
    page = visit("index.html")
    write(page, "#filter-delay", "30")
    assert page.execute_script(SHOWN) == ["opus-6"]
    write(page, "#filter-delay", "")
    write(page, "#filter-macs", "5")
    assert set(page.execute_script(SHOWN)) == {"opus-6", "new-6"}
    write(page, "#filter-macs", "")
    write(page, "#filter-licence", "CC-BY-4.0", "change")
    assert page.execute_script(SHOWN) == ["new-6"]
    write(page, "#filter-licence", "", "change")
    write(page, "#filter-paper", "rvqgan")
    assert set(page.execute_script(SHOWN)) == {"dac-24k-12", "dac-24k-6"}
    write(page, "#filter-low", "10")
    assert page.execute_script(SHOWN) == ["dac-24k-12"]
    assert page.execute_script("return one('#shown').textContent") == "1 of 11 shown"


def test_enter_in_a_filter_leaves_the_page_as_it_is(visit):
    keys = pytest.importorskip("selenium.webdriver.common.keys").Keys
    page = visit("index.html")
    page.find_element("css selector", "#filter-name").send_keys("opus", keys.ENTER)
    assert page.execute_script(SHOWN) == ["opus-24", "opus-12", "opus-8", "opus-6"]
    assert page.current_url.endswith("index.html")


def test_a_line_leads_to_its_codec_that_plays(visit):
    page = visit("index.html")
    page.find_element("link text", "new-24").click()
    wait(page, "return document.title === 'new'")
    play = page.find_element("css selector", ".card .play")
    loads = "return all('.card').flatMap((card) => card.player.loads.filter(Boolean)).length"
    assert page.execute_script(loads) == 0  # nothing before it is asked for
    wait(
        page,
        "arguments[0].scrollIntoView({behavior: 'instant', block: 'center'});"
        "const box = arguments[0].getBoundingClientRect();"
        "return arguments[0].contains(document.elementFromPoint(box.x + 9, box.y + 9))",
        play,
    )
    play.click()
    wait(page, "return one('.card').player.offset > 0.2")
    assert page.execute_script(loads) == 5  # the recording and the codec's four conditions
    play.click()
    write(page, "#item", "2", "change")
    visible = "return all('.card').map((card) => !card.hidden)"
    assert page.execute_script(visible) == [False, False, True]
    page.find_element("link text", "Leaderboard").click()
    wait(page, "return document.title.startsWith('Leaderboard')")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1280, 400])
def test_no_page_is_wider_than_its_window(visit, name, width):
    page = visit(name, width)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_the_theme_switches(visit):
    page = visit("submit.html")
    paper = "return getComputedStyle(document.body).backgroundColor"
    before = page.execute_script(paper)
    page.execute_script("one('#theme').click()")
    assert page.execute_script(paper) != before


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core: npm install --prefix build axe-core")
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_anybody(visit, name, theme):
    """No finding of axe-core, wide and narrow, with all that unfolds."""
    for width in (1280, 400):
        page = visit(name, width)
        page.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
        page.execute_script("all('details').forEach((one) => (one.open = true))")
        page.execute_script(AXE.read_text())
        found = page.execute_async_script(
            "const done = arguments[0];"
            "axe.run(document, { preload: false }).then((r) => done(r.violations))"
        )
        assert [(one["id"], node["html"]) for one in found for node in one["nodes"]] == []
