"""Who comes in, and that nobody sees what is another's."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from advisor.testing.web_client import web_client
from tests.browser.conftest import Chat, OpenChat, Serve, Server
from tests.browser.test_beside_the_text import kept_by
from tests.browser.test_consultation import WORK
from tests.conftest import environment

PASSWORDS = {"ada": "correct horse battery", "bob": "staple less battery"}


@pytest.fixture(scope="module")
def office(serve: Serve) -> Server:
    """A server that asks ada and bob for their passwords."""
    server = serve()
    server.stop()
    for name, password in PASSWORDS.items():
        done = subprocess.run(
            [sys.executable, "-m", "advisor", "password", name],
            input=password + "\n",
            env=environment(server.home, server.model_cache),
            capture_output=True,
            text=True,
            check=True,
        )
        assert password not in done.stdout + done.stderr
    server.start()
    return server


def signed_in(chat: OpenChat, office: Server, name: str, password: str | None = None) -> Chat:
    """A page after the attempt to sign in."""
    talk = chat(at=office).open()
    talk.page.wait_for_url("**/login")
    talk.page.locator("input#email").fill(name)
    talk.page.locator("input#password").fill(password or PASSWORDS[name])
    talk.page.get_by_role("button", name="Sign In").click()
    return talk


def test_a_wrong_password_is_refused(chat: OpenChat, office: Server) -> None:
    talk = signed_in(chat, office, "ada", "wrong password")
    expect(talk.page.get_by_text("don't go together")).to_be_visible()
    for path in ("/user", "/project/settings", "/advisor/passage?id=x"):
        assert talk.page.request.get(office.url + path).status == 401
    assert talk.page.request.post(f"{office.url}/auth/header").status in (400, 401)


def test_two_users_are_kept_apart(chat: OpenChat, office: Server) -> None:
    ada = signed_in(chat, office, "ada")
    ada.page.locator("#starters").wait_for()
    ada.say(WORK)
    ada.replied(1)
    ada.say("Give me the memo now.")
    ada.replied(2)
    memo = f"{office.url}/advisor/memo/{ada.thread}/m2.json"
    assert ada.page.request.get(memo).ok

    bob = signed_in(chat, office, "bob")
    bob.page.locator("#starters").wait_for()
    expect(bob.page.get_by_text("No conversations yet")).to_be_visible()
    assert bob.page.request.get(memo).status == 404
    assert bob.page.request.get(f"{office.url}/project/thread/{ada.thread}").status == 401
    bob.open(f"/thread/{ada.thread}")
    expect(bob.page.get_by_text("Couldn't resume chat")).to_be_visible()
    assert "restaurants" not in bob.page.content()
    # His own is his, whatever hers is called.
    bob.open()
    bob.page.locator("#starters button").nth(1).click()
    bob.replied(1)
    assert bob.thread != ada.thread
    ada.reload()
    ada.replied(2)
    assert ada.messages() == [WORK, "Give me the memo now."]


def test_no_file_holds_a_password_or_a_memo_of_another(office: Server) -> None:
    for file in office.home.rglob("*"):
        if file.is_file() and file.suffix not in (".onnx", ".bin"):
            content = file.read_bytes()
            for password in PASSWORDS.values():
                assert password.encode() not in content, file
    assert (office.home / "users").stat().st_mode & 0o077 == 0
    assert (office.home / "web" / "secret").stat().st_mode & 0o077 == 0


def test_feedback_is_its_owners_alone(chat: OpenChat, office: Server) -> None:
    ada = signed_in(chat, office, "ada")
    ada.page.locator("#starters button:enabled").first.wait_for()
    ada.say(WORK)
    ada.replied(1)
    given = {"forId": "x", "threadId": ada.thread, "value": 0, "comment": "from another"}
    bob = signed_in(chat, office, "bob").page
    bob.locator("#starters button:enabled").first.wait_for()
    put = bob.request.put(f"{office.url}/feedback", data={"feedback": given, "sessionId": "x"})
    assert put.status == 404
    assert ada.thread not in put.text()
    taken = bob.request.delete(f"{office.url}/feedback", data={"feedbackId": f"{ada.thread}/m1"})
    assert taken.status == 404


def test_someone_taken_out_is_out(chat: OpenChat, office: Server) -> None:
    command = [sys.executable, "-m", "advisor", "password", "eve"]
    env = environment(office.home, office.model_cache)
    subprocess.run(command, input="a password for eve\n", env=env, capture_output=True, text=True, check=True)
    eve = signed_in(chat, office, "eve", "a password for eve")
    eve.page.locator("#starters button:enabled").first.wait_for()
    assert eve.page.request.get(f"{office.url}/user").ok
    assert eve.page.request.post(f"{office.url}/auth/jwt").status == 404
    subprocess.run([*command, "--remove"], env=env, capture_output=True, check=True)
    assert eve.page.request.get(f"{office.url}/user").status == 401
    eve.say("We want to classify zebras with a hosted model.")
    eve.page.wait_for_url("**/login")
    eve.page.locator("input#password").wait_for()
    assert b"zebras" not in kept_by(office)


def test_a_new_password_ends_old_sessions(chat: OpenChat, office: Server) -> None:
    command = [sys.executable, "-m", "advisor", "password", "dan"]
    env = environment(office.home, office.model_cache)
    subprocess.run(command, input="the first password\n", env=env, capture_output=True, text=True, check=True)
    dan = signed_in(chat, office, "dan", "the first password").page
    dan.locator("#starters button:enabled").first.wait_for()
    assert dan.request.get(f"{office.url}/user").ok
    subprocess.run(command, input="another password\n", env=env, capture_output=True, text=True, check=True)
    assert dan.request.get(f"{office.url}/user").status == 401


@pytest.mark.parametrize(
    "named",
    [
        {"sessionId": "/tmp/elsewhere"},
        {"sessionId": "../../conversations"},
        {"threadId": "a-name-of-someones"},
        {"threadId": "x" * 600},
    ],
)
def test_a_page_cant_name_what_it_joins(server: Server, named: dict[str, str]) -> None:
    async def joins() -> str:
        async with web_client(server.url, **named) as client:
            return await client.say(WORK)

    with ThreadPoolExecutor(1) as apart, pytest.raises(PermissionError):
        apart.submit(asyncio.run, joins()).result()


def test_an_open_server_behind_a_proxy_lets_nobody_in(server: Server, chat: OpenChat) -> None:
    request = chat().page.request
    for header in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        assert request.get(f"{server.url}/", headers={header: "203.0.113.9"}).status == 403


def test_a_session_that_is_forged_is_refused(chat: OpenChat, office: Server) -> None:
    talk = chat(at=office)
    talk.page.context.add_cookies([{"name": "access_token", "value": "x.y.z", "url": office.url}])
    talk.open()
    talk.page.wait_for_url("**/login")


def test_a_page_of_another_host_can_do_nothing(server: Server, chat: OpenChat) -> None:
    request = chat().page.request
    evil = {"origin": "http://evil.example"}
    assert request.post(f"{server.url}/auth/header", headers=evil).status == 403
    assert request.get(f"{server.url}/", headers={"host": "evil.example"}).status == 403
    ours = request.get(f"{server.url}/")
    assert "default-src 'self'" in ours.headers["content-security-policy"]


def test_it_does_not_open_to_others_without_sign_in(prepared_home: Path, model_cache: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "serve", "--host", "0.0.0.0"],
        env=environment(prepared_home, model_cache),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "is not opened on 0.0.0.0 without sign-in" in done.stderr
    assert "advisor password NAME" in done.stderr
    assert "Traceback" not in done.stderr
