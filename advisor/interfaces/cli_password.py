"""Who may sign in to the web chat with a password: add, change, take out."""

import getpass
import sys
import time

from advisor.errors import InputError
from advisor.interfaces.cli_errors import DONE
from advisor.interfaces.cli_output import Screen, is_terminal
from advisor.interfaces.web.serving import require_extra
from advisor.settings import load_settings


def password(name: str, remove: bool, screen: Screen) -> int:
    """Keeps the hash of a password, or drops it. Raises InputError, ExtraMissing or BadPath."""
    require_extra()
    from advisor.interfaces.web.users import Users

    users = Users(load_settings().users_file, time.monotonic)
    if remove:
        if not users.remove(name):
            raise InputError(f"Nobody called {name!r} can sign in.", "See the names in the file of users.")
        told = f"{name} can no longer sign in with a password, and is signed out."
    else:
        users.set(name, _asked())
        told = f"{name} can sign in with this password. Users are kept in {users.path}"
    if screen.as_json:
        screen.json({"name": name.strip().casefold(), "removed": remove, "path": str(users.path)})
    else:
        screen.line(told)
    return DONE


def _asked() -> str:
    if not is_terminal(sys.stdin):
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise InputError("The two passwords differ.", "Try again.")
    return first
