"""A real server in a process of its own, and a real Chromium that talks to it.

Every page that a test opens is watched: a request to any other host fails the test.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from advisor.testing.chromium import ARGUMENTS, chromium
from advisor.testing.web_server import WebServer
from tests.conftest import environment

PATIENCE = 30_000
"""Milliseconds that a page is waited for at most; it takes a fraction of a second."""

expect.set_options(timeout=PATIENCE)


@dataclass
class Server(WebServer):
    """A server, and where its models are kept."""

    model_cache: Path = Path()


Serve = Callable[..., Server]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium()
    assert path is not None, "no Chromium: run .ci/browser"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def serve(
    prepared_home: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serve]:
    """Starts servers, each on a home of its own; all are stopped at the end."""
    started: list[Server] = []

    def start(**settings: str) -> Server:
        home = Path(shutil.copytree(prepared_home, tmp_path_factory.mktemp("served") / "home"))
        server = Server(home, environment(home, model_cache, **settings), model_cache=model_cache)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.stop()
        errors = [file.read_text("utf-8") for file in server.home.glob("logs/*")]
        assert errors == []
        assert "Traceback" not in server.said(), server.said()


@pytest.fixture(scope="package")
def server(serve: Serve) -> Server:
    """One open server for all tests that only talk."""
    return serve()


class Chat:
    """A page of the chat, and what a person does there."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, path: str = "/") -> "Chat":
        """Goes there; the first screen is waited for until it takes a message."""
        self.page.goto(self.url + path)
        if path == "/":
            self.page.locator("#starters button:enabled, input#password").first.wait_for()
        return self

    def say(self, text: str) -> None:
        self.page.locator("#chat-input").fill(text)
        self.page.locator("#chat-submit").click()

    def choices(self) -> list[str]:
        """The answers that can be pressed now."""
        return self.page.locator("[data-testid=choices] button:enabled").all_inner_texts()

    def press(self, label: str) -> None:
        self.page.locator("[data-testid=choices] button:enabled").get_by_text(label, exact=True).click()

    def reload(self) -> None:
        """Loads the page again, and once more where it was on its way elsewhere by itself: it had just lost
        its server, or been given an address of its own."""
        try:
            self.page.reload()
        except Error as error:
            if "ERR_ABORTED" not in error.message:
                raise
            self.page.reload()

    def replied(self, turn: int) -> None:
        """Waits for the end of a turn, counted from 1."""
        standing = self.page.locator(f"[data-testid=standing][data-turn='{turn}']")
        expect(standing).to_be_visible()
        expect(self.page.locator("#stop-button")).to_have_count(0)

    def messages(self) -> list[str]:
        """What the user said, as shown."""
        return self.page.locator("[data-step-type=user_message]").all_inner_texts()

    def replies(self) -> list[str]:
        """What the advisor said, as shown."""
        return self.page.locator("[data-step-type=assistant_message] .message-content").all_inner_texts()

    @property
    def thread(self) -> str:
        """The conversation's name, from the page's address."""
        return urlsplit(self.page.url).path.removeprefix("/thread/")


OpenChat = Callable[..., Chat]


@pytest.fixture
def chat(browser: Browser, server: Server) -> Iterator[OpenChat]:
    """Opens pages, each in a browser profile of its own; none may ask a foreign host."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    failed: list[str] = []

    def opened(at: Server = server, beside: Chat | None = None, **options: object) -> Chat:
        if beside is not None:
            page = beside.page.context.new_page()
        else:
            context = browser.new_context(
                **{"viewport": {"width": 1400, "height": 900}, **options}  # pyright: ignore[reportArgumentType]
            )
            contexts.append(context)
            page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        return Chat(page, at.url if beside is None else beside.url)

    yield opened
    for context in contexts:
        for page in context.pages:
            page.goto("about:blank")  # closing a page that is on its way elsewhere can wait for ever
        context.close()
    foreign = [url for url in asked if urlsplit(url).hostname not in ("localhost", None)]
    assert foreign == []
    assert failed == []
