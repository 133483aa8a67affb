"""1,000 leads arrive while each process is killed -9 once: none is lost, none is given to two people."""

import http.client
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.leadrouter.processes.installation import Installation, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(420)]

LEADS = 1000
SENDERS = 4
# By progress and not by the clock: a fast machine would else be done before anything is killed.
KILL_EVERY_LEADS = 100
VICTIMS = [
    "first worker",
    "sweeper",
    "monitor",
    "web worker",
    "second worker",
    "pusher",
    "web",
    "sentinel",
    "main",
]
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


class Killer:
    """Kills the next victim each time that many leads were sent; the other senders go on meanwhile."""

    def __init__(self, installation: Installation) -> None:
        self.killed: list[str] = []
        self._installation = installation
        self._turn = threading.Lock()

    def before(self, number: int) -> None:
        if number % KILL_EVERY_LEADS == KILL_EVERY_LEADS // 2 and number > KILL_EVERY_LEADS // 2:
            with self._turn:
                name = VICTIMS[len(self.killed)]
                os.kill(self._find(name), signal.SIGKILL)
                self.killed.append(name)

    def _find(self, name: str) -> int:
        found: list[int] = []

        def look() -> bool:
            try:
                found.append(find_process(self._installation, name))
            except (AssertionError, LookupError, ValueError):
                return False  # the group is being replaced after the kill before
            return True

        wait_until(look, seconds=60, what=f"the {name} runs")
        return found[0]


def find_process(installation: Installation, name: str) -> int:
    """Raises: AssertionError, LookupError or ValueError while its group is not complete."""
    if name == "web":
        return installation.leader("run_web")
    if name == "web worker":
        return installation.children(installation.leader("run_web"))[-1]
    if name == "sweeper":
        return installation.leader("sweep")
    return installation.cluster()[name]


def test_nothing_is_lost_or_doubled_when_any_process_dies(installation: Installation) -> None:
    made = installation.manage("shell", "-v0", "-c", ORGANISATION)
    assert "KEY " in made.stdout, made.stderr
    key = made.stdout.split("KEY ")[1].strip()
    installation.serve(EMAIL_URL="dummymail://", API_RATE_PER_SECOND="0")
    installation.wait_until_up()

    killer = Killer(installation)

    def send(number: int) -> str:
        killer.before(number)
        return _send(installation, key, number)

    with ThreadPoolExecutor(SENDERS) as senders:
        ids = list(senders.map(send, range(LEADS)))
    waiting = "SELECT count(*) FROM leads_intakeitem WHERE state = 'RECEIVED'"
    seconds = wait_until(
        lambda: installation.rows(waiting) == [(0,)], seconds=90, what="everything was worked off"
    )

    print(f"MEASURED {len(killer.killed)} kills; all placed {seconds:.1f} s after the last accept")
    assert killer.killed == VICTIMS
    assert len(set(ids)) == LEADS
    owned = "SELECT count(*) FROM leads_lead WHERE place = 'OWNED'"
    opened = "SELECT count(*) FROM routing_assignment WHERE ended_at IS NULL"
    assert [installation.rows(owned), installation.rows(opened)] == [[(LEADS,)], [(LEADS,)]]
    assert installation.rows("SELECT count(*) FROM leads_intakeitem") == [(LEADS,)]
    checked = installation.manage("check_invariants", "--quiet")
    assert checked.returncode == 0, checked.stdout
    assert installation.stop() == 0
    installation.assert_nothing_left()
