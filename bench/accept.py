"""Accepting leads: POST /api/v1/leads/ against a bare view that inserts one row, server by server."""

import statistics
import sys
from collections.abc import Sequence

from django.db import connection

from bench.http_load import Posted, post_flat_out, prepare_post
from bench.measuring import percentile
from bench.organisation import api_endpoint
from bench.people import Crowd
from bench.processes import find_port, group_cpu_seconds, manage, running
from bench.stage import SEED
from bench.table import print_table, verdict
from leads.services.api_keys import create_api_key

WORKERS, THREADS, CONNECTIONS = 2, 4, 4
FLOOR = {"DJANGO_SETTINGS_MODULE": "bench.floor_settings"}


def servers(port: int) -> dict[str, list[str]]:
    """Each web server with as many workers and threads as the others."""
    address = f"127.0.0.1:{port}"
    gunicorn = [sys.executable, "-m", "gunicorn", "leadrouter.wsgi", "--bind", address]
    uvicorn = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "django.core.asgi:get_asgi_application",
    ]
    web = ["run_web", "--port", str(port), "--workers", str(WORKERS), "--threads", str(THREADS)]
    return {
        "granian (WSGI)": manage(*web),
        "gunicorn (WSGI, gthread)": [
            *gunicorn, "--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "60",
        ],
        "uvicorn (ASGI)": [
            *uvicorn, "--port", str(port), "--workers", str(WORKERS), "--log-level", "error",
        ],
    }  # fmt: skip


def run(*, is_quick: bool) -> None:
    """Prints requests a second and p99 of both views on each server, in alternating rounds."""
    count, rounds = (150, 1) if is_quick else (800, 3)
    _, key = create_api_key(endpoint=api_endpoint(), name="bench")
    rows, ratios = [], {}
    port = find_port()
    compared = servers(port)
    for name in list(compared)[: 1 if is_quick else None]:
        command = compared[name]
        with running(command, port=port, **FLOOR) as pid:
            ours, floor = _measure(
                port, pid, key, Crowd(SEED, label=name, returning_share=0), count, rounds
            )
        ratios[name] = statistics.median(x[0] / y[0] for x, y in zip(ours, floor, strict=True))
        for label, values in (("bare insert", floor), ("accept a lead", ours)):
            rate, p99, cpu, failed = (
                statistics.median(column) for column in zip(*values, strict=True)
            )
            rows.append((name, label, rate, p99, cpu, int(failed)))
    print_table(
        f"Accepting on {connection.vendor}: {CONNECTIONS} connections, median of {rounds} rounds of {count}",
        ("server", "view", "requests/s", "p99 ms", "CPU ms", "refused"),
        rows,
    )
    print(f"  accept against the bare insert on granian: {verdict(ratios['granian (WSGI)'], 0.6)}")


def _measure(
    port: int, pid: int, key: str, crowd: Crowd, count: int, rounds: int
) -> tuple[list[Sequence[float]], list[Sequence[float]]]:
    """(requests/s, p99 ms, CPU ms, refused) of each round: accepting, and the bare insert."""
    views = {
        "/api/v1/leads/": {"Authorization": f"Bearer {key}"},
        "/bench/insert/": {"X-Endpoint": str(api_endpoint().pk)},
    }
    results: dict[str, list[Sequence[float]]] = {path: [] for path in views}
    for number in range(rounds + 1):
        for path, headers in views.items():
            size = count if number else 100  # the first round warms every thread up
            requests = [prepare_post(path, crowd.fields(), headers) for _ in range(size)]
            cpu = group_cpu_seconds(pid)
            posted = post_flat_out(port, requests, connections=CONNECTIONS)
            used = group_cpu_seconds(pid) - cpu
            if number:
                results[path].append(_summary(posted, used))
    return results["/api/v1/leads/"], results["/bench/insert/"]


def _summary(posted: list[Posted], cpu: float) -> Sequence[float]:
    seconds = max(one.answered_at for one in posted) - min(one.sent_at for one in posted)
    refused = sum(one.status != 202 for one in posted)
    p99 = percentile([one.milliseconds for one in posted], 0.99)
    return len(posted) / seconds, p99, cpu * 1000 / len(posted), refused
