"""The pictures in the README, taken of the real chat: `python -m evals.screenshots`.

Serves on an empty home, holds a conversation, and overwrites the files in examples/screens.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from advisor.testing.chromium import ARGUMENTS, chromium
from advisor.testing.web_server import WebServer, plain_environment

FOLDER = Path(__file__).parents[1] / "examples" / "screens"
MODELS = Path(".cache/models")
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 60_000

WORK = (
    "We run software for property managers, 120 people. Customers drown in maintenance tickets and we want "
    "our app to read them and send each one to the right contractor, on OpenAI. It must be live in ten weeks."
)
REST = (
    "Five years of tickets, all in one clean table. Once it runs it runs. It pays, we tried it by hand for a "
    "month. It is not what we sell. Our CTO can judge AI work. No product does it. Give me the memo now."
)


def main() -> int:
    """Takes every picture anew."""
    path = chromium()
    if path is None:
        sys.stderr.write("There is no Chromium. Run .ci/browser, which installs one.\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = WebServer(Path(folder), plain_environment(MODELS.resolve()))
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            server.start()
            _desktop(browser, server.url)
            _dark(browser, server.url)
            _phone(browser, server.url)
        finally:
            browser.close()
            server.stop()
    return 0


def _desktop(browser: Browser, url: str) -> None:
    page = browser.new_context(viewport=DESKTOP).new_page()  # pyright: ignore[reportArgumentType]
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.locator("#starters button:enabled").first.wait_for()
    _taken(page, "first_screen")
    _say(page, WORK, 1)
    page.get_by_test_id("panel").wait_for()
    _taken(page, "question")
    _say(page, REST, 2)
    page.get_by_role("heading", name="Do this first").scroll_into_view_if_needed()
    page.locator("[data-step-type=assistant_message] a.element-link:visible").nth(2).click()
    page.get_by_test_id("passage").locator("mark").wait_for()
    _taken(page, "memo_and_source")
    page.get_by_test_id("open-panel").click()
    page.get_by_test_id("charts").get_by_text("Cost ranges by route").click()
    page.get_by_test_id("what-if").locator("select").select_option("yes")
    page.get_by_test_id("what-if-result").get_by_text("The first move").wait_for()
    page.get_by_test_id("what-if").scroll_into_view_if_needed()
    _taken(page, "what_if")


def _dark(browser: Browser, url: str) -> None:
    page = browser.new_context(viewport=DESKTOP).new_page()  # pyright: ignore[reportArgumentType]
    page.set_default_timeout(PATIENCE)
    page.add_init_script("localStorage.setItem('vite-ui-theme', 'dark')")
    page.goto(url)
    page.locator("#starters button:enabled").first.wait_for()
    _say(page, f"{WORK} {REST}", 1)
    page.get_by_test_id("charts").get_by_text("The options compared").click()
    page.get_by_test_id("charts").scroll_into_view_if_needed()
    _taken(page, "dark")


def _phone(browser: Browser, url: str) -> None:
    context = browser.new_context(
        viewport=PHONE,  # pyright: ignore[reportArgumentType]
        is_mobile=True,
        has_touch=True,
        device_scale_factor=2,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.locator("#starters button:enabled").first.wait_for()
    _say(page, WORK, 1)
    page.get_by_test_id("standing").scroll_into_view_if_needed()
    _taken(page, "phone")


def _say(page: Page, text: str, turn: int) -> None:
    page.locator("#chat-input").fill(text)
    page.locator("#chat-submit").click()
    page.locator(f"[data-testid=standing][data-turn='{turn}']").wait_for()
    page.locator("#stop-button").wait_for(state="detached")


def _taken(page: Page, name: str) -> None:
    page.evaluate("document.activeElement?.blur()")
    # Scrolling and the panel's sliding in are animated; the picture waits for their end.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))")
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
    sys.stdout.write(f"{name}.png\n")


if __name__ == "__main__":
    sys.exit(main())
