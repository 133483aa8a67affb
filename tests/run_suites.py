"""Runs the suite on each database there is and says plainly what ran and what did not.

    python tests/run_suites.py [pytest arguments]

REQUIRE_ALL=1 (as CI sets it) makes whatever could not run a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)


class Database(NamedTuple):
    name: str
    url: str
    """Empty for SQLite."""


def start(arguments: list[str], database_url: str, output: IO[str] | None) -> subprocess.Popen[str]:
    """Starts pytest on the database of this URL."""
    environment = {**os.environ, "TEST_DATABASE_URL": database_url}
    if not database_url:
        del environment["TEST_DATABASE_URL"]
    if CHROMIUM:
        environment["CHROMIUM"] = CHROMIUM
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=output, stderr=output, text=True
    )


def run(part: str, arguments: list[str], databases: Sequence[Database]) -> list[bool]:
    """Runs pytest on each database at the same time; returns which of them passed.

    The first one's output is seen as it comes, that of the others when all have ended.
    """
    first, *others = databases
    print(f"\n=== {first.name}, {part} ===", flush=True)
    with ExitStack() as stack:
        files = [stack.enter_context(TemporaryFile("w+")) for _ in others]
        started = [
            start(arguments, one.url, output)
            for one, output in zip(databases, [None, *files], strict=True)
        ]
        passed = [process.wait() == 0 for process in started]
        for one, output in zip(others, files, strict=True):
            output.seek(0)
            print(f"\n=== {one.name}, {part} ===\n{output.read()}", flush=True)
    return passed


def main() -> int:
    arguments = sys.argv[1:]
    require_all = os.environ.get("REQUIRE_ALL") == "1"
    postgres = os.environ.get("TEST_DATABASE_URL", "")
    sqlite = Database("SQLite", "")
    databases = [sqlite, *([Database("PostgreSQL", postgres)] if postgres else [])]
    parallel = arguments or ["-m", "not processes and not browser", "-n", "2"]
    parts: list[tuple[str, list[str], list[Database]]] = [("in parallel", parallel, [sqlite])]
    if postgres:
        # What asks no database says the same beside any.
        again = [*parallel, *([] if arguments else ["--database-only"])]
        parts.append(("in parallel, all that asks the database", again, databases[1:]))
    lines, is_good = [], True
    if not arguments:
        if CHROMIUM:
            parts.append(("browser", ["-m", "browser", "-n", "2"], [sqlite]))
            lines.append(
                "PostgreSQL, browser: ran on SQLite only (pages do not know their database)"
            )
        else:
            lines.append("browser: NOT RUN (no Chromium found; set CHROMIUM=path)")
            is_good = not require_all
        # Here processes are started, killed and waited for: both databases leave the machine idle
        # most of the time.
        parts.append(("processes", ["-m", "processes"], databases))
    for part, options, where in parts:
        for database, passed in zip(where, run(part, options, where), strict=True):
            lines.append(f"{database.name}, {part}: {'passed' if passed else 'FAILED'}")
            is_good &= passed
    if not postgres:
        lines.append("PostgreSQL: NOT RUN (set TEST_DATABASE_URL=postgres://…)")
        is_good &= not require_all
    print("\nWhat ran:\n  " + "\n  ".join(sorted(lines)))
    return 0 if is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())
