"""The benchmarks still start, measure and stop by themselves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.processes
def test_a_quick_benchmark_prints_its_ratio_to_the_peer() -> None:
    without_server = {
        name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench", "backlog", "--quick"],
        cwd=ROOT,
        env=without_server,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "PostgreSQL: skipped" in done.stdout
    assert "ratio leads/s" in done.stdout
