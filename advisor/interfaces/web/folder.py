"""The folder that Chainlit lives in, under the advisor's home: settings, words and pictures of the page.

Written anew at each start, so that it is what this version ships; nothing in it is a user's.
"""

import json
import os
import secrets
import shutil
import tempfile
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from advisor.interfaces.file_output import write_whole
from advisor.interfaces.web.wording import wording
from advisor.storage_errors import told_as_storage_errors

LANGUAGE = "en-US"
SIGNED_IN = 7 * 24 * 3600
"""Seconds after which one signs in again."""

KEPT_CONNECTED = 600
"""Seconds for which a page that lost its connection keeps its session."""

_CONFIG = """# Written by `advisor serve` at each start; changes here are lost.
[project]
user_env = []
session_timeout = {kept}
user_session_timeout = {signed_in}
cache = false
persist_user_env = false
mask_user_env = true
allow_origins = {origins}

[features]
unsafe_allow_html = false
latex = false
user_message_markdown = false
auto_tag_thread = false
edit_message = false
allow_thread_sharing = false
favorites = false

[features.spontaneous_file_upload]
enabled = false

[features.audio]
enabled = false

[features.mcp]
enabled = false

[UI]
name = {name}
description = {name}
language = "{language}"
cot = "full"
default_theme = "light"
confirm_new_chat = false
custom_css = "/public/style.css"
custom_meta_url = "/"
custom_meta_image_url = "/logo"

[meta]
generated_by = "{version}"
"""


def make_folder(folder: Path, origin: str) -> Path:
    """Writes the folder; returns it. Raises StorageError."""
    with told_as_storage_errors(folder):
        public = folder / "public"
        for part in (folder / ".chainlit" / "translations", public, public / "elements"):
            part.mkdir(parents=True, exist_ok=True)
        with as_file(files("advisor.interfaces.web").joinpath("assets")) as assets:
            shutil.copytree(assets, public, dirs_exist_ok=True)
    write_whole(folder / ".chainlit" / "config.toml", _config(origin).encode())
    words = json.dumps(_frame(), ensure_ascii=False)
    write_whole(folder / ".chainlit" / "translations" / f"{LANGUAGE}.json", words.encode())
    write_whole(folder / "chainlit.md", b"")
    return folder


def secret(folder: Path) -> str:
    """The key that signs sessions: made once, readable by its owner alone. Raises StorageError."""
    file = folder / "secret"
    with told_as_storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists() or not file.read_text("utf-8").strip():
            # Written beside and then put in place, so that there is never half a secret, nor a readable one.
            descriptor, draft = tempfile.mkstemp(dir=folder, prefix=".secret.")
            with os.fdopen(descriptor, "w", encoding="utf-8") as written:
                written.write(secrets.token_urlsafe(48))
            os.replace(draft, file)
        return file.read_text("utf-8").strip()


def _config(origin: str) -> str:
    from importlib.metadata import version

    return _CONFIG.format(
        kept=KEPT_CONNECTED,
        signed_in=SIGNED_IN,
        origins=json.dumps([origin]),
        name=json.dumps(wording().name),
        language=LANGUAGE,
        version=version("chainlit"),
    )


def _frame() -> dict[str, Any]:
    """The library's own words with ours in their place. KeyError for a word that it no longer has."""
    found = find_spec("chainlit")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("chainlit")
    shipped = Path(found.origin).parent / "translations" / f"{LANGUAGE}.json"
    words: dict[str, Any] = json.loads(shipped.read_text("utf-8"))
    for path, text in wording().frame.items():
        *parents, last = path.split(".")
        part = words
        for parent in parents:
            part = part[parent]
        if last not in part:
            raise KeyError(path)
        part[last] = text
    return words
