"""A browser, as people have one: pages are opened in it, looked at by rules, and kept as pictures.

The browser is Debian's Chromium or another that is at hand (`CHROMIUM` names one). Pictures go to `build/pictures`.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "build/pictures"
NARROW, MAIL, WIDE = 320, 600, 1280
"""Widths in pixels: an old phone, a mail, a desk."""
_AXE = ROOT / "node_modules/axe-core/axe.min.js"
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Viewer:
    """Opens pages of a width, light or dark; `path` is where the browser's program is."""

    browser: Browser
    path: str

    def context(self, width: int, *, is_dark: bool = False) -> BrowserContext:
        """Return a window's settings; a page of it loads nothing from elsewhere than this machine."""
        return self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if is_dark else "light", bypass_csp=False
        )

    def show(self, html: str, width: int, *, is_dark: bool = False) -> Page:
        """Open a text of HTML."""
        page = self.context(width, is_dark=is_dark).new_page()
        page.set_content(html)
        return page


def is_cut(page: Page) -> bool:
    """Tell whether a page is wider than its window, so that people have to move it sideways to read."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def faults(page: Page, *rules: str) -> list[str]:
    """Return what axe finds against rules of WCAG 2.2 AA, or against the named ones: the rule and the places."""
    page.evaluate(_AXE.read_text())
    asked: dict[str, Any] = {"type": "rule", "values": list(rules)}
    if not rules:
        asked = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
    found = page.evaluate("asked => axe.run(document, {runOnly: asked})", asked)
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found["violations"]]


def keep(page: Page, name: str) -> None:
    """Keep a picture of a whole page, to be looked at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@pytest.fixture(scope="session")
def viewer() -> Iterator[Viewer]:
    """A browser without a window; the tests are skipped where there is none."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not path:
        pytest.skip("no Chromium is at hand: install one, or name it with CHROMIUM=...")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield Viewer(browser, path)
        browser.close()
