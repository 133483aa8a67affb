"""A small HTTP load generator: raw sockets, because a client library would cost more than the server."""

import json
import random
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

TIMEOUT_SECONDS = 30


@dataclass(slots=True)
class Posted:
    """What became of one request; times of time.time()."""

    status: int
    sent_at: float
    answered_at: float
    body: bytes = b""

    @property
    def milliseconds(self) -> float:
        return (self.answered_at - self.sent_at) * 1000


@dataclass(slots=True)
class Connection:
    """One kept-alive connection."""

    port: int
    _socket: socket.socket | None = None
    _rest: bytes = field(default=b"")

    def send(self, request: bytes) -> Posted:
        """Sends prepared bytes and reads the whole answer."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), TIMEOUT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sent_at = time.time()
        self._socket.sendall(request)
        head, body = self._read()
        answered_at = time.time()
        if b"connection: close" in head.lower():
            self.close()
        return Posted(int(head[9:12]), sent_at, answered_at, body)

    def _read(self) -> tuple[bytes, bytes]:
        data = self._rest
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, body = data.partition(b"\r\n\r\n")
        length = _content_length(head)
        while len(body) < length:
            body += self._receive()
        self._rest = body[length:]
        return head, body[:length]

    def _receive(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("The server closed the connection.")
        return data

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def prepare_post(path: str, fields: dict[str, str], headers: dict[str, str]) -> bytes:
    """The bytes of one POST."""
    body = json.dumps(fields).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def post_at_rate(port: int, requests: Sequence[bytes], *, rate: float, seed: int) -> list[Posted]:
    """Sends the requests at random moments, `rate` a second on average, whatever the answers do."""
    draw = random.Random(seed)
    moments, moment = [], time.time() + 0.1
    for _ in requests:
        moment += draw.expovariate(rate)
        moments.append(moment)
    results: list[Posted | None] = [None] * len(requests)
    turns = iter(range(len(requests)))
    lock = threading.Lock()

    def work() -> None:
        connection = Connection(port)
        while True:
            with lock:
                turn = next(turns, None)
            if turn is None:
                return connection.close()
            time.sleep(max(0.0, moments[turn] - time.time()))
            results[turn] = connection.send(requests[turn])

    _run_threads(work, 8)
    return [result for result in results if result is not None]


def post_flat_out(port: int, requests: Sequence[bytes], *, connections: int) -> list[Posted]:
    """Sends the requests as fast as the answers come."""
    results: list[Posted] = []

    def work_from(start: int) -> None:
        connection = Connection(port)
        results.extend(connection.send(request) for request in requests[start::connections])
        connection.close()

    starts = iter(range(connections))
    _run_threads(lambda: work_from(next(starts)), connections)
    return results


def _run_threads(work: "object", count: int) -> None:
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
