"""`advisor doctor`: every check with its time and, where it failed, what to do. Never fails itself."""

import time
from dataclasses import asdict, dataclass

from advisor.errors import AdvisorError
from advisor.interfaces.cli_errors import DONE, NO, write_log
from advisor.interfaces.cli_output import Screen


@dataclass(frozen=True)
class Finding:
    """What a check found. `remedy` is empty when all is well."""

    name: str
    ok: bool
    detail: str
    remedy: str
    seconds: float


def doctor(screen: Screen) -> int:
    """Tells every finding; the exit code is 1 when a check failed."""
    findings: list[Finding] = []
    for name, check in _checks().items():
        finding = _run(name, check)
        findings.append(finding)
        if not screen.as_json:
            _show(finding, screen)
    well = all(finding.ok for finding in findings)
    if screen.as_json:
        screen.json({"ok": well, "checks": [asdict(finding) for finding in findings]})
    else:
        screen.line("All is well." if well else "Something needs mending; see the lines marked failed.")
    return DONE if well else NO


def _checks() -> dict[str, object]:
    """The checks, or one that tells why they can't even be loaded."""
    try:
        from advisor.interfaces.cli_checks import all_checks

        return dict(all_checks())
    except Exception as error:  # noqa: BLE001 - a broken installation is what doctor is for
        return {"installation": error}


def _run(name: str, check: object) -> Finding:
    begun = time.perf_counter()
    ok, remedy = False, ""
    try:
        if isinstance(check, Exception):
            raise check
        detail, ok = str(check() if callable(check) else check), True
    except AdvisorError as error:
        detail, remedy = error.message, error.remedy
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - also a native library's panic
        detail = f"This could not be checked ({type(error).__name__})."
        log = write_log(error)
        remedy = f"Install again from requirements.lock{f'; details are in {log}' if log else ''}."
    return Finding(name, ok, detail, remedy, round(time.perf_counter() - begun, 3))


def _show(finding: Finding, screen: Screen) -> None:
    mark = "ok    " if finding.ok else "failed"
    text = " ".join(f"{finding.detail} {finding.remedy}".split())
    screen.line(f"{mark}  {finding.name:16} {finding.seconds:6.2f} s  {text}")
