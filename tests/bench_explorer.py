"""How the page does: ``python -m tests.bench_explorer [SIZE …]`` prints a table; nothing here is a test.

For graphs of so many actors, events and statements: our page and pyvis's own default page of the same nodes and lines,
one after the other in one headless Chromium with software drawing. Read the ratios.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from graph.explorer import drawing, markup
from graph.explorer import story as stories
from graph.explorer.links import links
from graph.explorer.story import Story
from tests import crowds

SIZES = (100, 1000, 5000, 20_000)
PATIENCE = 60
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--enable-precise-memory-info", "--use-gl=angle",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip
CHROMIUM = "/usr/bin/chromium"
FRAMES = """() => new Promise((done) => {
  let count = 0; const from = performance.now();
  const tick = () => { count += 1; performance.now() - from < 2000 ? requestAnimationFrame(tick) : done(count / 2); };
  requestAnimationFrame(tick);
})"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"
HEAP = "() => performance.memory.usedJSHeapSize / 1e6"
MOVED = """() => {
  if (typeof network === 'undefined' || !network) return NaN;
  const now = network.getPositions(); const last = window.last ?? {}; window.last = now;
  return Math.max(...Object.entries(now).map(([id, p]) => Math.hypot(p.x - last[id]?.x, p.y - last[id]?.y)));
}"""
STILL = 0.5


@dataclass(frozen=True, slots=True)
class Opened:
    """Seconds to first paint, to a usable page, to a search's answer, to its drawing; frames a second; MB of heap."""

    paint: float
    usable: float | None
    search: float
    focus: float
    frames: float
    heap: float


def written(size: int, folder: Path) -> Iterator[tuple[str, float, str]]:
    """Both pages of a graph of so many nodes, and what it takes to make ours."""
    with crowds.filled(size) as opened:
        started = time.process_time()
        story = stories.read(opened)
        ours = markup.html(story, f"{size} nodes")
        yield "whodid view", time.process_time() - started, "s of CPU"
    (folder / "ours.html").write_text(ours, "utf-8")
    (folder / "pyvis.html").write_text(_pyvis(story), "utf-8")
    for name in ("ours", "pyvis"):
        yield f"file, {name}", (folder / f"{name}.html").stat().st_size / 1e6, "MB"


def _pyvis(story: Story) -> str:
    """pyvis's default page of the events level, with the names as labels."""
    from pyvis.network import Network

    known = drawing.nodes(story)
    lines = [link for link in links(story) if link.level == "events"]
    net = Network(directed=True, cdn_resources="in_line")
    ids = sorted({end for link in lines for end in (link.source, link.target)})
    net.add_nodes(ids, label=[known[node].name for node in ids])
    net.edges = [{"from": link.source, "to": link.target, "arrows": "to"} for link in lines]
    return str(net.generate_html())


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE * 1000)
        yield browser
        browser.close()


def ours(browser: Any, file: Path, name: str) -> Opened:
    """Our page: usable when all is drawn; then one name is searched for, chosen, and drawn with its neighbours."""
    page = _page(browser, file, "level=events")
    page.wait_for_selector("body[data-ready]", timeout=PATIENCE * 1000)
    usable = page.evaluate("() => performance.now()") / 1000
    heap = page.evaluate(HEAP)
    frames = _panned(page, "#canvas")
    started = time.perf_counter()
    page.fill("#seek", name)
    page.wait_for_selector("#found li[role=option]")
    search = time.perf_counter() - started
    started = time.perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel h2")
    page.get_by_role("button", name="Focus", exact=True).first.click()
    page.wait_for_selector("#focus-bar label")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    focus = time.perf_counter() - started
    opened = Opened(page.evaluate(PAINT) / 1000, usable, search, focus, frames, heap)
    page.context.close()
    return opened


def pyvis(browser: Any, file: Path) -> Opened:
    """pyvis's page: usable when nothing moved STILL pixels in half a second; None where that is not within PATIENCE."""
    page = _page(browser, file, "")
    settled = None
    while (now := page.evaluate("() => performance.now()") / 1000) < PATIENCE and settled is None:
        moved = page.evaluate(MOVED)
        settled = now if moved is not None and moved < STILL else None
        page.wait_for_timeout(500)
    paint, heap = page.evaluate(PAINT) / 1000, page.evaluate(HEAP)
    frames = _panned(page, "#mynetwork")
    page.context.close()
    return Opened(paint, settled, 0, 0, frames, heap)


def _page(browser: Any, file: Path, fragment: str) -> Any:
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.set_default_timeout(3 * PATIENCE * 1000)
    page.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
    page.goto(f"{file.as_uri()}#{fragment}", wait_until="commit")
    return page


def _panned(page: Any, canvas: str) -> float:
    """Frames a second while the drawing is dragged to and fro."""
    box = page.locator(canvas).bounding_box()
    x, y = box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2 + 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(f"() => {{ window.frames_ = ({FRAMES})(); }}")
    for step in range(24):
        page.mouse.move(x + 8 * (step % 12), y + 5 * (step % 12))
    frames = page.evaluate("() => window.frames_")
    page.mouse.up()
    return float(frames)


def table(sizes: tuple[int, ...]) -> None:
    for size in sizes:
        with TemporaryDirectory() as folder, chromium() as browser:
            for what, figure, unit in written(size, Path(folder)):
                print(f"{size:>7,} {what:<34} {figure:>10.2f} {unit}", flush=True)
            own = ours(browser, Path(folder) / "ours.html", crowds.first_name())
            show(size, "ours", told(own))
            show(size, "pyvis", alone(Path(folder) / "pyvis.html"))


def alone(file: Path) -> Iterator[tuple[str, str]]:
    """pyvis's page in a process of its own, which is given up after a while: its script may block all that asks it."""
    command = [sys.executable, "-m", "tests.bench_explorer", "--pyvis", str(file)]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=2 * PATIENCE, check=True).stdout
    except subprocess.TimeoutExpired:
        said = f"usable, s\tnot settled, and gave no answer in {2 * PATIENCE} s"
    for line in said.splitlines():
        what, _, figure = line.partition("\t")
        yield what, figure


def show(size: int, whose: str, figures: Iterable[tuple[str, str]]) -> None:
    for what, figure in figures:
        print(f"{size:>7,} {f'{whose}: {what}':<34} {figure:>10}", flush=True)


def told(opened: Opened) -> Iterator[tuple[str, str]]:
    yield "first paint, s", f"{opened.paint:.2f}"
    yield "usable, s", f"{opened.usable:.2f}" if opened.usable else f"not settled in {PATIENCE} s"
    if opened.focus:
        yield "search, s", f"{opened.search:.2f}"
        yield "choose and focus, s", f"{opened.focus:.2f}"
    yield "frames a second, panning", f"{opened.frames:.0f}"
    yield "heap, MB", f"{opened.heap:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--pyvis", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.pyvis is None:
        table(tuple(asked.sizes))
        return
    with chromium() as browser:
        for what, figure in told(pyvis(browser, asked.pyvis)):
            print(what, figure, sep="\t", flush=True)


if __name__ == "__main__":
    main()
