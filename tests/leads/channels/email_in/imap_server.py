"""A real IMAP server of the test run's own, and a client that puts mail into it."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD, FOLDER = "ada", "only-for-tests", "Leads"


@contextmanager
def run_server() -> Iterator[int]:
    """The port of a server with one empty account."""
    port = _free_port()
    command = [
        str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1", "--port", str(port),
        "--no-tls", "dict", "--demo-user", USER, "--demo-password", PASSWORD,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def client_of(port: int) -> Iterator[imaplib.IMAP4]:
    client = imaplib.IMAP4("127.0.0.1", port, timeout=5)
    client.login(USER, PASSWORD)
    try:
        yield client
    finally:
        client.logout()


def make_folder(port: int) -> None:
    """An empty folder, with numbers of its own when there was one."""
    with client_of(port) as client:
        client.delete(FOLDER)
        client.create(FOLDER)


def put_mail(port: int, *mails: bytes) -> None:
    with client_of(port) as client:
        for mail in mails:
            assert client.append(FOLDER, "", "", mail)[0] == "OK"


def list_seen(port: int) -> int:
    with client_of(port) as client:
        client.select(FOLDER)
        return len(client.uid("SEARCH", "SEEN")[1][0].split())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("The IMAP server did not start.")
