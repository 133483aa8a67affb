"""1,000 leads arrive while processes are killed -9: none is lost, none is given to two people."""

import http.client
import json
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.leadrouter.processes.installation import Installation, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(420)]

LEADS = 1000
SENDERS = 4
KILL_EVERY_SECONDS = 3.0  # a part needs about as long to be back on two busy cores
PATIENCE_SECONDS = 120
ORGANISATION = """
from leads.services.api_keys import create_api_key
from tests.routing.services.conftest import make_desk
print("KEY", create_api_key(endpoint=make_desk().endpoint, name="test")[1])
"""


def _send(installation: Installation, key: str, number: int) -> str:
    """Posts until it is accepted, as a sender that does not give up does; returns the item's id."""
    body = json.dumps(
        {"full_name": f"Person {number}", "email": f"person{number}@c{number}.example"}
    )
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"lead-{number}",
    }
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=10)
        try:
            connection.request("POST", "/api/v1/leads/", body, headers)
            answer = connection.getresponse()
            content = json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            time.sleep(0.1)
            continue
        finally:
            connection.close()
        if answer.status in {200, 202}:
            return str(content["id"])
        assert answer.status >= 500, (answer.status, content)
        time.sleep(0.1)
    raise AssertionError(
        f"Lead {number} was never accepted: {installation.log.read_text()[-3000:]}"
    )


def _kill_now_and_then(
    installation: Installation, stop: threading.Event, killed: list[str]
) -> None:
    """Kills a random process of the group, never the supervisor, every few seconds."""
    chance = random.Random(20261122)
    assert installation.process is not None
    while not stop.wait(KILL_EVERY_SECONDS):
        others = [p for p in installation.processes() if p.pid != installation.process.pid]
        if others:
            victim = chance.choice(others)
            os.kill(victim.pid, signal.SIGKILL)
            killed.append(victim.command.split("manage.py ")[-1][:40])


def test_nothing_is_lost_or_doubled_when_any_process_dies(installation: Installation) -> None:
    made = installation.manage("shell", "-v0", "-c", ORGANISATION)
    assert "KEY " in made.stdout, made.stderr
    key = made.stdout.split("KEY ")[1].strip()
    installation.serve(EMAIL_URL="dummymail://", API_RATE_PER_SECOND="0")
    installation.wait_until_up()

    stop, killed = threading.Event(), []
    killer = threading.Thread(target=_kill_now_and_then, args=(installation, stop, killed))
    killer.start()
    try:
        with ThreadPoolExecutor(SENDERS) as senders:
            ids = list(senders.map(lambda n: _send(installation, key, n), range(LEADS)))
    finally:
        stop.set()
        killer.join()
    waiting = "SELECT count(*) FROM leads_intakeitem WHERE state = 'RECEIVED'"
    seconds = wait_until(
        lambda: installation.rows(waiting) == [(0,)], seconds=90, what="everything was worked off"
    )

    print(f"MEASURED {len(killed)} kills; all placed {seconds:.1f} s after the last was accepted")
    assert len(killed) >= 3
    assert len(set(ids)) == LEADS
    owned = "SELECT count(*) FROM leads_lead WHERE place = 'OWNED'"
    opened = "SELECT count(*) FROM routing_assignment WHERE ended_at IS NULL"
    assert [installation.rows(owned), installation.rows(opened)] == [[(LEADS,)], [(LEADS,)]]
    assert installation.rows("SELECT count(*) FROM leads_intakeitem") == [(LEADS,)]
    checked = installation.manage("check_invariants", "--quiet")
    assert checked.returncode == 0, checked.stdout
    assert installation.stop() == 0
    installation.assert_nothing_left()
