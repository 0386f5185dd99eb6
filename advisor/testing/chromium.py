"""Where the browser for these tests is: `python -m advisor.testing.chromium` prints it, or fails."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The system's Chromium, else Playwright's own; None where there is neither."""
    for name in NAMES:
        if (path := shutil.which(name)) is not None:
            return path
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    brought = sorted(cache.glob("chromium-*/chrome-linux*/chrome")) + sorted(
        cache.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    )
    return str(brought[-1]) if brought else None


if __name__ == "__main__":
    found = chromium()
    if found is None:
        sys.exit(1)
    sys.stdout.write(f"{found}\n")
