"""Runs the suite on each database there is and says plainly what ran and what did not.

    python tests/run_suites.py [pytest arguments]

REQUIRE_ALL=1 (as CI sets it) makes whatever could not run a failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)


def run(name: str, arguments: list[str], database_url: str) -> bool:
    """Runs pytest once; returns whether it passed. An empty URL means SQLite."""
    print(f"\n=== {name} ===", flush=True)
    environment = {**os.environ, "TEST_DATABASE_URL": database_url}
    if not database_url:
        del environment["TEST_DATABASE_URL"]
    if CHROMIUM:
        environment["CHROMIUM"] = CHROMIUM
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def main() -> int:
    arguments = sys.argv[1:]
    require_all = os.environ.get("REQUIRE_ALL") == "1"
    postgres = os.environ.get("TEST_DATABASE_URL", "")
    # Processes are started and killed in some tests: those need the machine for themselves.
    suites = [("SQLite", "")] + ([("PostgreSQL", postgres)] if postgres else [])
    lines, is_good = [], True
    for name, url in suites:
        for part, options in (
            ("in parallel", ["-m", "not processes and not browser", "-n", "2"]),
            ("browser", ["-m", "browser"]),
            ("processes", ["-m", "processes"]),
        ):
            if arguments and part != "in parallel":
                continue
            if part == "browser" and url:
                lines.append(
                    f"{name}, browser: ran on SQLite only (pages do not know their database)"
                )
                continue
            if part == "browser" and not CHROMIUM:
                lines.append(f"{name}, browser: NOT RUN (no Chromium found; set CHROMIUM=path)")
                is_good &= not require_all
                continue
            chosen = arguments or options
            passed = run(f"{name}, {part}", chosen, url)
            lines.append(f"{name}, {part}: {'passed' if passed else 'FAILED'}")
            is_good &= passed
    if not postgres:
        lines.append("PostgreSQL: NOT RUN (set TEST_DATABASE_URL=postgres://…)")
        is_good &= not require_all
    print("\nWhat ran:\n  " + "\n  ".join(lines))
    return 0 if is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())
