"""The page of `daskgen report` in a headless Chromium: what people see, by mouse, by keyboard and by screen reader."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.browser import Browser, start_browser
from support.commands import daskgen
from support.example import commit, edit, write_fleet
from support.node import install_packages
from support.places import ROOT

HERE = Path(__file__).parent
KEPT = ROOT / "build/pages"
"""Where screenshots are kept."""

EVIL = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"

VIOLATIONS = """
axe.run().then(result => JSON.stringify(result.violations.map(
  each => [each.id, each.nodes.map(node => node.html + node.failureSummary)])))"""

VIEWS = ("clusters", "addresses", "versions", "findings", "waivers", "changes")


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Install axe-core at the version of package-lock.json, and return its code."""
    packages = install_packages(HERE, tmp_path_factory.mktemp("axe"))
    return (packages / "axe-core/axe.min.js").read_text("utf-8")


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page of the example fleet, whose texts are hostile."""
    root = tmp_path_factory.mktemp("fleets") / "<b>&amp; fleet"
    root.mkdir()
    write_fleet(root)
    spec = root / "clusters/research/sandbox.yaml"
    spec.write_text(
        spec.read_text("utf-8").replace("a laboratory network without other users", json.dumps(EVIL)), "utf-8"
    )
    commit(root)
    edit(root)
    daskgen("report", "--output", str(root / "page"), "--base", "HEAD", root=root)
    return (root / "page/index.html").as_uri()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser that reports every request and every error."""
    with start_browser(tmp_path_factory.mktemp("browser")) as browser:
        for domain in ("Network", "Runtime", "Log", "Page"):
            browser.call(f"{domain}.enable")
        yield browser


@pytest.fixture
def browser(chromium: Browser, page: str) -> Iterator[Browser]:
    """The page of the fleet, as it opens; afterwards, nothing went wrong in it and nothing was asked of the network."""
    use_light(chromium)
    chromium.open("about:blank")
    chromium.events.clear()
    chromium.open(page)
    wait(chromium)
    yield chromium
    chromium.evaluate("0")
    errors = [event for event in chromium.events if event["method"] in {"Runtime.exceptionThrown", "Log.entryAdded"}]
    assert not errors
    asked = {
        event["params"]["request"]["url"] for event in chromium.events if event["method"] == "Network.requestWillBeSent"
    }
    assert {url.partition("#")[0] for url in asked} == {page}


def use_light(browser: Browser, scheme: str = "light") -> None:
    browser.call("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": scheme}])


def wait(browser: Browser) -> None:
    browser.wait_for("performance.getEntriesByName('drawn').length")


def go(browser: Browser, place: str) -> None:
    """Go to a place of the page, as a link to it does."""
    browser.evaluate(
        f"new Promise(done => {{ addEventListener('hashchange', done); location.hash = {json.dumps(place)} }})"
    )


def read(browser: Browser, selector: str) -> list[str]:
    """Return the texts of elements."""
    found: list[str] = browser.evaluate(
        f"[...document.querySelectorAll({json.dumps(selector)})].map(each => each.innerText)"
    )
    return found


def read_column(browser: Browser, number: int) -> list[str]:
    return read(browser, f"#table tbody tr > :nth-child({number})")


def click(browser: Browser, selector: str, text: str) -> None:
    """Click the element with a text."""
    places = f"[...document.querySelectorAll({json.dumps(selector)})]"
    found = f"{places}.find(each => each.textContent.includes({json.dumps(text)}))"
    act = "(element => { element?.focus(); element?.click(); return Boolean(element) })"
    assert browser.evaluate(f"{act}({found})"), (selector, text)
    browser.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_the_fleet_is_seen_at_a_glance(browser: Browser) -> None:
    tiles = dict(zip(read(browser, "#tiles span, #tiles a"), read(browser, "#tiles b"), strict=True))
    assert tiles["clusters"] == "22"
    assert tiles["exposed"] == "13"
    assert tiles["changed"] == "2"
    assert read(browser, "#groups .name") == ["genomics", "risk", "analytics", "research", "forecasting"]
    assert len(read_column(browser, 1)) == 22
    keep(browser, "fleet")


def test_nothing_that_a_fleet_says_becomes_part_of_the_page(browser: Browser) -> None:
    assert read(browser, "h1") == ["<b>&amp; fleet"]
    go(browser, "view=waivers")
    assert EVIL in read(browser, "#table td")
    go(browser, "cluster=sandbox")
    assert EVIL in read(browser, ".findings")[0]
    go(browser, f"cluster={EVIL}")
    assert read(browser, "#cluster h2") == [EVIL]
    assert browser.evaluate("window.hacked === undefined && document.images.length === 0")
    assert browser.evaluate("document.scripts.length") == 3


def test_nothing_can_be_asked_of_a_network(browser: Browser) -> None:
    asked = "fetch('http://127.0.0.1:9/').then(() => 'asked', error => error.message)"
    assert browser.evaluate(asked) == "Failed to fetch"
    blocked = (
        "new Promise(done => { addEventListener('securitypolicyviolation', e => done(e.effectiveDirective)); %s })"
    )
    image = "document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/a.png'}))"
    assert browser.evaluate(blocked % image) == "img-src"
    script = "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.hacked = 1'}))"
    assert browser.evaluate(blocked % script) == "script-src-elem"
    assert browser.evaluate("window.hacked === undefined")
    # What was refused is reported as an error of the page.
    browser.events[:] = [event for event in browser.events if not is_refusal(event)]


def is_refusal(event: dict[str, Any]) -> bool:
    return "127.0.0.1:9" in str(event) or event["method"] == "Log.entryAdded"


def test_a_cluster_is_found_by_the_keyboard_alone(browser: Browser) -> None:
    browser.press("/", "/")
    assert browser.evaluate("document.activeElement.id") == "search"
    browser.write("vari")
    assert read_column(browser, 1) == ["variants"]
    browser.press("Enter", "\r")
    browser.wait_for("document.activeElement.matches('#cluster h2')")
    assert read(browser, "#cluster h2")[0] == "variants"
    assert browser.evaluate("document.title.startsWith('variants')")
    assert browser.evaluate("location.hash") == "#q=vari&cluster=variants"
    browser.evaluate("document.querySelector('#cluster a').focus()")
    browser.press("Enter", "\r")
    browser.wait_for("!document.querySelector('#fleet').hidden")
    assert read_column(browser, 1) == ["variants"]


def test_everything_is_reached_by_tab(browser: Browser) -> None:
    found = set()
    for _ in range(60):
        browser.press("Tab")
        found.add(browser.evaluate("document.activeElement.closest('[id]')?.id ?? document.activeElement.className"))
    assert {"skip", "home", "search", "by", "size", "groups", "views", "table"} <= found


def test_the_list_is_sorted_by_a_column(browser: Browser) -> None:
    click(browser, "#table th button", "EUR a month")
    assert read_column(browser, 1)[:2] == ["gpu-fold", "vision"]
    assert read(browser, "[aria-sort=descending]") == ["EUR a month"]
    click(browser, "#table th button", "EUR a month")
    assert read_column(browser, 1)[-1] == "gpu-fold"
    assert browser.evaluate("document.activeElement.textContent") == "EUR a month"


def test_a_group_limits_the_map_and_the_lists(browser: Browser) -> None:
    click(browser, "#groups a", "genomics")
    assert read_column(browser, 1) == ["align", "archive", "cohort", "gpu-fold", "variants"]
    assert read(browser, "#scope")[0].startswith("5 clusters: team genomics")
    assert browser.evaluate("document.querySelectorAll('#map a:not(.frame)').length") == 5
    click(browser, "#views a", "Addresses")
    assert all("dask.example.com" in url for url in read_column(browser, 1))
    click(browser, "#scope a", "show all")
    assert read(browser, "#groups [aria-current]") == []


def test_what_is_filtered_by_is_in_the_address(browser: Browser) -> None:
    click(browser, "#tiles a", "with findings")
    assert read_column(browser, 1) == ["archive", "audit"]
    assert browser.evaluate("location.hash") == "#only=findings"
    go(browser, "by=place&in=dublin&sort=-Cores")
    assert len(read_column(browser, 1)) == 9
    assert browser.evaluate("document.getElementById('by').value") == "place"


def test_areas_of_the_map_are_costs(browser: Browser) -> None:
    tiles = browser.evaluate("""
[...document.querySelectorAll('#map a:not(.frame)')].map(each => {
  const { width, height } = each.querySelector('rect');
  return [each.querySelector('title').textContent, width.baseVal.value * height.baseVal.value];
})""")
    area = {text.partition(":")[0]: (size, float(text.split()[1].replace(",", ""))) for text, size in tiles}
    (one, cost), (other, less) = area["gpu-fold"], area["variants"]
    assert one / other == pytest.approx(cost / less, rel=0.05)
    assert len(area) == 22


def test_the_picture_of_a_cluster_shows_each_way(browser: Browser) -> None:
    go(browser, "cluster=align")
    arrows = browser.evaluate("document.querySelectorAll('.picture path[marker-end]').length")
    assert arrows == browser.evaluate("document.querySelectorAll('#cluster details tbody tr').length") > 8
    nodes = read_svg(browser, ".picture .node > title, .picture .part > title")
    assert nodes[:2] == ["https://dask.example.com/align/status", "clients"]
    assert nodes[2:5] == ["login", "scheduler", "worker"]
    assert "pods of namespace minio labelled app=minio" in nodes
    keep(browser, "cluster")


def read_svg(browser: Browser, selector: str) -> list[str]:
    found: list[str] = browser.evaluate(
        f"[...document.querySelectorAll({json.dumps(selector)})].map(each => each.textContent)"
    )
    return found


def test_nodes_of_the_picture_do_not_overlap(browser: Browser) -> None:
    go(browser, "cluster=align")
    boxes = browser.evaluate(
        """[...document.querySelectorAll('.picture rect')].map(each => each.getBoundingClientRect().toJSON())"""
    )
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = one["right"] <= other["left"] or other["right"] <= one["left"]
            assert apart or one["bottom"] <= other["top"] or other["bottom"] <= one["top"]


def test_an_address_is_a_link_only_if_its_host_is_known(browser: Browser) -> None:
    go(browser, "view=addresses")
    assert "tcp://NODE:30786" in read_column(browser, 1)
    links = browser.evaluate("[...document.querySelectorAll('#table td a, #table th a')].map(each => each.href)")
    assert "https://dask.example.com/align/status" in links
    assert not [link for link in links if "NODE" in link]


def test_what_the_merge_does_is_shown(browser: Browser) -> None:
    go(browser, "view=changes")
    assert read_column(browser, 1) == ["prod", "stress", "teaching"]
    go(browser, "cluster=stress")
    shown = read(browser, "#cluster section:last-child")[0]
    assert "now also: pods of namespace reporting → scheduler" in shown


def test_versions_with_known_vulnerabilities_are_marked(browser: Browser) -> None:
    go(browser, "view=versions")
    rows = read(browser, "#table tbody tr")
    assert len(rows) == 2
    assert ["known vulnerability" in row for row in rows] == [False, True]


def test_a_cluster_that_does_not_exist_is_told(browser: Browser) -> None:
    go(browser, "cluster=nobody")
    assert "The fleet has no cluster of this name." in read(browser, "#cluster")[0]


def test_a_search_without_result_shows_an_empty_list(browser: Browser) -> None:
    go(browser, "q=nothing-is-called-so")
    assert read(browser, "#table caption") == ["Clusters: 0"]
    assert read(browser, "#tiles b")[0] == "0"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "place",
    [*(f"view={view}" for view in VIEWS), "cluster=align", "cluster=sandbox", "cluster=stress", "cluster=nobody"],
)
def test_it_is_accessible(browser: Browser, axe: str, place: str, scheme: str) -> None:
    use_light(browser, scheme)
    go(browser, place)
    browser.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    browser.evaluate(axe)
    assert json.loads(browser.evaluate(VIOLATIONS)) == []
    keep(browser, f"{place.partition('=')[2]}-{scheme}")


def test_colours_follow_the_system(browser: Browser) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light = browser.evaluate(colour)
    use_light(browser, "dark")
    assert browser.evaluate(colour) != light


def test_it_prints_all_rows_and_no_controls(browser: Browser) -> None:
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert browser.evaluate("getComputedStyle(document.querySelector('search')).display") == "none"
    assert len(read_column(browser, 1)) == 22
    assert base64.b64decode(browser.call("Page.printToPDF")["data"]).startswith(b"%PDF")


def test_a_narrow_window_needs_no_sideways_scrolling(browser: Browser) -> None:
    browser.call("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False)
    try:
        for place in ("view=clusters", "cluster=align"):
            go(browser, place)
            assert browser.evaluate("document.documentElement.scrollWidth") <= 400
        keep(browser, "narrow")
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")


def keep(browser: Browser, name: str) -> None:
    """Keep a screenshot, and see that it is a picture of something."""
    picture = browser.take_picture()
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{name}.png").write_bytes(picture)
    assert len(picture) > 10_000


def test_large_fleets_have_pages_of_rows(chromium: Browser, tmp_path: Path) -> None:
    fleet = write_large(tmp_path)
    chromium.open(fleet.as_uri())
    wait(chromium)
    assert read(chromium, "#table caption") == ["Clusters: 1 to 100 of 1,200"]
    click(chromium, ".pages button", "Next")
    assert read_column(chromium, 1)[0] == "c00100"
    go(chromium, "q=c01199")
    assert read_column(chromium, 1) == ["c01199"]
    go(chromium, "page=99")
    assert read(chromium, "#table caption") == ["Clusters: 1,101 to 1,200 of 1,200"]


def write_large(folder: Path) -> Path:
    """Write the page of 1,200 clusters, from a document."""
    from daskgen.overview.page import write_page  # noqa: PLC0415

    clusters: list[dict[str, Any]] = [
        {
            "name": f"c{number:05}",
            "file": f"clusters/c{number:05}.yaml",
            "namespace": f"n{number % 300}",
            "workers": 2,
            "cores": 4,
            "memory": 1 << 33,
            "ways": 0,
        }
        for number in range(1200)
    ]
    page = folder / "index.html"
    page.write_text(
        write_page(
            {
                "title": "large",
                "daskgen": "0",
                "kubernetes": "1.34",
                "teamLabel": "team",
                "clusters": clusters,
                "ways": [[]],
                "holes": [],
            }
        ),
        "utf-8",
    )
    return page
