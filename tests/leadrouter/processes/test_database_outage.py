"""A database that goes away and comes back stops nothing for good."""

import contextlib
import os
import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.leadrouter.processes.installation import Installation, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.postgres, pytest.mark.timeout(300)]

OUTAGE_SECONDS = 15


class Proxy:
    """Passes connections on to a server until it is cut; a cut ends those that are open."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self._open: list[socket.socket] = []
        self.listener = self._listen(0)
        self.port = int(self.listener.getsockname()[1])

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(source, sink), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def mend(self) -> None:
        self.listener = self._listen(self.port)


@pytest.fixture
def proxy(database_url: str) -> Iterator[Proxy]:
    if not os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"):
        pytest.skip("PostgreSQL only")
    found = re.search(r"@([^:/]+):(\d+)/", database_url)
    assert found, "TEST_DATABASE_URL needs host and port"
    proxy = Proxy((found[1], int(found[2])))
    yield proxy
    proxy.cut()


def test_an_outage_kills_nobody_and_work_resumes_after_it(
    installation: Installation, proxy: Proxy
) -> None:
    behind = re.sub(r"@[^/]+/", f"@127.0.0.1:{proxy.port}/", installation.database_url)
    installation.serve(DATABASE_URL=behind)
    installation.wait_until_up()
    assert installation.process is not None
    pusher = installation.cluster()["pusher"]

    proxy.cut()
    wait_until(
        lambda: "The watchdog cannot see" in installation.log.read_text(),
        seconds=30,
        what="the outage was noticed",
    )
    time.sleep(OUTAGE_SECONDS)
    assert installation.process.poll() is None
    assert installation.answers()
    assert "Restarting" not in installation.log.read_text()

    proxy.mend()
    print(f"MEASURED resumed after an outage: {installation.wait_for_work(seconds=60):.1f} s")
    installation.wait_for_sweep(seconds=60)
    assert installation.cluster()["pusher"] == pusher
    assert installation.stop() == 0
    installation.assert_nothing_left()
