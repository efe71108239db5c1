"""Where Chromium is, how it is started so that it asks no network of its own accord, and how its pages are watched."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 40_000  # milliseconds


@contextmanager
def watched(own: tuple[str, ...], harmless: tuple[str, ...] = ()) -> Iterator[Callable[..., Any]]:
    """Opens pages of a browser at addresses, each in a context of its own with these options of Playwright.

    What any of them did wrong fails at the end: a request to an address that begins with none of ``own``, an error or a
    warning, among them breaches of the policy, unless it has ``harmless`` words in it, and a dialog.
    """
    wrong: list[str] = []
    contexts = []

    def said(message: Any) -> None:
        if message.type in ("error", "warning") and not any(words in message.text for words in harmless):
            wrong.append(message.text)

    def opened(browser: Any, address: str, *, width: int = 1400, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith((*own, "blob:", "data:")) else wrong.append(r.url))
        page.on("console", said)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(address, timeout=PATIENCE)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
