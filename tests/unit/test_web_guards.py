"""Before anything of the web chat answers: hosts, origins, users, settings, and the folder it lives in."""

import json
from pathlib import Path

import httpx
import pytest

from advisor.errors import InputError, SettingsError
from advisor.interfaces.web import serving
from advisor.interfaces.web.folder import make_folder, secret
from advisor.interfaces.web.guards import LOOPBACK_NAMES, Guard
from advisor.interfaces.web.sign_in import SignIn, allowed, is_loopback
from advisor.interfaces.web.users import TRIES, WAIT, Users
from advisor.interfaces.web.wording import wording
from advisor.settings import load_settings
from tests.unit.conftest import Command

PASSWORD = "a long enough one"


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def users(tmp_path: Path) -> Users:
    kept = Users(tmp_path / "users", Clock())
    kept.set("Ada", PASSWORD)
    return kept


async def inner(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    headers = [(b"content-type", b"text/plain"), (b"set-cookie", b"access_token=x; HttpOnly")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"in"})


def asked(guard: Guard, method: str = "GET", host: str = "localhost:8000", **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=guard)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            return await client.request(method, "/", headers={"host": host, **headers})

    import asyncio

    return asyncio.run(ask())


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_a_loopback_server_answers_to_its_own_names(host: str) -> None:
    assert asked(Guard(inner, LOOPBACK_NAMES), host=host).text == "in"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example", ""])
def test_and_to_no_other_name(host: str) -> None:
    answer = asked(Guard(inner, LOOPBACK_NAMES), host=host)
    assert answer.status_code == 403
    assert "not served here" in answer.text


def test_a_foreign_page_changes_nothing() -> None:
    guard = Guard(inner, None)
    assert asked(guard, "POST", origin="http://evil.example").status_code == 403
    assert asked(guard, "POST", origin="null").status_code == 403
    assert asked(guard, "POST", origin="http://localhost:8000").status_code == 200
    assert asked(guard, "GET", origin="http://evil.example").status_code == 200


def test_a_page_behind_a_proxy_is_ours_and_its_cookie_secure() -> None:
    guard = Guard(inner, None, "https://advisor.example.com")
    answer = asked(guard, "POST", host="10.0.0.7:8000", origin="https://advisor.example.com")
    assert answer.text == "in"
    assert answer.headers["set-cookie"].endswith("; Secure")
    assert "Secure" not in asked(Guard(inner, None)).headers["set-cookie"]


def test_a_page_may_ask_no_foreign_host() -> None:
    policy = asked(Guard(inner, None)).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "ws://localhost:8000" in policy
    assert "http:" not in policy
    assert "https:" not in policy


def test_a_right_password_only(users: Users) -> None:
    assert users.admits("ada", PASSWORD) == "ada"
    assert users.admits(" ADA ", PASSWORD) == "ada"
    assert users.admits("ada", PASSWORD + " ") is None
    assert users.admits("bob", PASSWORD) is None
    assert users.admits("ada", "") is None
    assert users.admits("ada", "x" * 100_000) is None


def test_passwords_are_not_to_be_read(users: Users) -> None:
    assert PASSWORD not in users.path.read_text()
    assert "argon2id" in users.path.read_text()
    assert users.path.stat().st_mode & 0o077 == 0


def test_guessing_is_slow(tmp_path: Path) -> None:
    clock = Clock()
    users = Users(tmp_path / "users", clock)
    users.set("ada", PASSWORD)
    for _ in range(TRIES):
        assert users.admits("ada", "wrong") is None
    assert users.admits("ada", PASSWORD) is None, "the right one too, while the name waits"
    clock.now += WAIT
    assert users.admits("ada", PASSWORD) == "ada"
    # A name that nobody has waits as well, so that it tells nothing.
    hashed: list[str] = []
    verified = users._verified
    users._verified = lambda kept, password: hashed.append(kept) or verified(kept, password)  # type: ignore[method-assign,func-returns-value]
    for _ in range(TRIES + 3):
        assert users.admits("nobody", "wrong") is None
    assert len(hashed) == TRIES


def test_someone_taken_out_does_not_come_in(users: Users) -> None:
    assert users.remove("ada")
    assert users.admits("ada", PASSWORD) is None
    assert not users.remove("ada")


@pytest.mark.parametrize(
    ("name", "password"), [("a:b", PASSWORD), ("", PASSWORD), ("ada", "short"), ("é", PASSWORD)]
)
def test_a_name_or_password_that_cant_be(users: Users, name: str, password: str) -> None:
    with pytest.raises(InputError):
        users.set(name, password)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "[::1]", "localhost"])
def test_loopback(host: str, tmp_path: Path) -> None:
    assert is_loopback(host)
    SignIn(Users(tmp_path / "none", Clock()), frozenset()).check(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "advisor.example.com"])
def test_elsewhere_it_needs_sign_in(host: str, users: Users, tmp_path: Path) -> None:
    assert not is_loopback(host)
    with pytest.raises(SettingsError, match="without sign-in"):
        SignIn(Users(tmp_path / "none", Clock()), frozenset()).check(host)
    SignIn(users, frozenset()).check(host)


def test_behind_a_proxy_it_needs_sign_in_too(users: Users, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="without sign-in"):
        SignIn(Users(tmp_path / "none", Clock()), frozenset()).check(
            "127.0.0.1", "https://advisor.example.com"
        )
    SignIn(users, frozenset()).check("127.0.0.1", "https://advisor.example.com")


def test_oauth_lets_in_whom_the_settings_name(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in = SignIn(users, allowed("@example.com, ada@example.org"))
    for address in ("bob@example.com", "ADA@example.org"):
        assert sign_in.allows(address)
    for address in (
        "bob@example.org",
        "bob@evil-example.com",
        "@example.com",
        "example.com",
        "a@b@example.net",
    ):
        assert not sign_in.allows(address)
    with pytest.raises(SettingsError, match="no OAuth provider"):
        sign_in.check("127.0.0.1")
    monkeypatch.setenv("OAUTH_GITHUB_CLIENT_ID", "id")
    monkeypatch.setenv("OAUTH_GITHUB_CLIENT_SECRET", "secret")
    sign_in.check("0.0.0.0")
    with pytest.raises(SettingsError, match="not who may come in"):
        SignIn(users, frozenset()).check("127.0.0.1")
    with pytest.raises(SettingsError, match="no address"):
        allowed("example.com")


def test_the_folder_holds_the_page_and_a_secret_of_its_own(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "web", "http://localhost:8000")
    config = (folder / ".chainlit" / "config.toml").read_text()
    assert 'allow_origins = ["http://localhost:8000"]' in config
    assert "unsafe_allow_html = false" in config
    words = json.loads((folder / ".chainlit" / "translations" / "en-US.json").read_text())
    assert words["chat"]["watermark"] == wording().frame["chat.watermark"]
    assert {"style.css", "theme.json", "logo.svg"} <= {file.name for file in (folder / "public").iterdir()}
    made = secret(folder)
    assert len(made) > 40
    assert secret(folder) == made
    assert (folder / "secret").stat().st_mode & 0o077 == 0


def test_nothing_the_page_brings_names_a_foreign_host() -> None:
    assets = Path(serving.__file__).parent / "assets"
    for file in assets.rglob("*"):
        if file.is_file():
            text = file.read_text().replace("http://www.w3.org/2000/svg", "").replace("https?:", "")
            assert "http:" not in text, file
            assert "https:" not in text, file


def test_settings_of_the_web_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_URL", "https://advisor.example.com/")
    assert load_settings().url == "https://advisor.example.com"
    for wrong in ("advisor.example.com", "ftp://x", "https://x/path"):
        monkeypatch.setenv("ADVISOR_URL", wrong)
        with pytest.raises(SettingsError, match="ADVISOR_URL"):
            load_settings()
    monkeypatch.delenv("ADVISOR_URL")
    monkeypatch.setenv("ADVISOR_AUTH_SECRET", "tooshortsecret")
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert "tooshort" not in str(error.value)


def test_a_port_in_use_is_told(command: Command) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = command("serve", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert "can't be listened on" in ended.stderr
    assert "--port" in ended.stderr


def test_without_the_extra_it_says_what_to_install(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    found = serving.importlib.util.find_spec
    monkeypatch.setattr(
        serving.importlib.util, "find_spec", lambda name: None if name == "chainlit" else found(name)
    )
    ended = command("serve")
    assert ended.returncode == 1
    assert "pip install 'hiring-advisor[web]'" in ended.stderr
