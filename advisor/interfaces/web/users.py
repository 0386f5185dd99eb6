"""Who may sign in with a password: one line `name:hash` for each, hashes by Argon2.

The file is read again when it changes, so that a person added or taken out needs no restart.
"""

import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from advisor.errors import InputError, SettingsError
from advisor.interfaces.file_output import write_whole

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 500
"""Characters; hashing a longer one would let a stranger keep the server busy."""

TRIES, WAIT = 5, 30.0
"""After so many tries without the right password, a name waits so many seconds."""

MOST_COUNTED = 10_000
"""Names whose tries are counted; the oldest are dropped."""

AT_ONCE = 2
"""Passwords hashed at once; each takes a core and 64 MB."""

STAMP = 16

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")


class Users:
    """The file of names and hashes. `clock` tells seconds that only grow."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self.path = path
        self._clock = clock
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(os.urandom(16).hex())
        self._tries: dict[str, tuple[int, float]] = {}
        self._counting = threading.Lock()
        self._hashing = threading.Semaphore(AT_ONCE)

    def names(self) -> tuple[str, ...]:
        """Who is in the file. Raises SettingsError when it can't be read."""
        return tuple(self._read())

    def admits(self, name: str, password: str) -> str | None:
        """The name to go by when the password is right, else None."""
        name = name.strip().casefold()
        if not self._may_try(name):
            return None
        # A name that isn't there takes as long as a wrong password, so that names can't be tried out.
        kept = self._read().get(name)
        with self._hashing:
            right = len(password) <= LONGEST_PASSWORD and self._verified(kept or self._nobody, password)
        if kept is None or not right:
            return None
        with self._counting:
            self._tries.pop(name, None)
        return name

    def stamp(self, name: str) -> str | None:
        """Changes with the password; None where nobody has this name. Tells nothing about either."""
        kept = self._read().get(name)
        return None if kept is None else hashlib.sha256(kept.encode()).hexdigest()[:STAMP]

    def _may_try(self, name: str) -> bool:
        """Counts a try before it is looked at, so that many at once are counted too."""
        with self._counting:
            tries, since = self._tries.pop(name, (0, 0.0))
            waits = tries >= TRIES and self._clock() - since < WAIT
            self._tries[name] = (tries, since) if waits else (tries % TRIES + 1, self._clock())
            while len(self._tries) > MOST_COUNTED:
                del self._tries[next(iter(self._tries))]
            return not waits

    def set(self, name: str, password: str) -> None:
        """Adds a person or changes the password. Raises InputError or BadPath."""
        name = name.strip().casefold()
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name!r} can't be a name to sign in with.", "Use letters, digits and . _ @ + -"
            )
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise InputError(
                f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.", "Give another."
            )
        self._write({**self._read(), name: self._hasher.hash(password)})

    def remove(self, name: str) -> bool:
        """Takes a person out; False when there was none of this name. Raises BadPath."""
        kept = self._read()
        if kept.pop(name.strip().casefold(), None) is None:
            return False
        self._write(kept)
        return True

    def _verified(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (Argon2Error, InvalidHashError):
            return False

    def _read(self) -> dict[str, str]:
        if not self.path.exists():
            return {}
        try:
            lines = self.path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"The file of users {self.path} can't be read.", "Mend it, or name another in ADVISOR_USERS."
            ) from error
        pairs = (line.partition(":") for line in lines if line.strip() and not line.startswith("#"))
        return {name.strip().casefold(): kept.strip() for name, _, kept in pairs}

    def _write(self, kept: dict[str, str]) -> None:
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(
            self.path, "".join(f"{name}:{hashed}\n" for name, hashed in sorted(kept.items())).encode()
        )
        with contextlib.suppress(OSError):
            self.path.chmod(0o600)
