"""What a channel is: how its sender proves itself, and what its deliveries mean.

Each channel has a folder with an `adapter.py` that makes one `Adapter`. All of it is pure: bytes and
a configuration in, envelopes out. Requests, rows and clocks are the business of `channels/receiving`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from leads.domain.envelope import Envelope, Unreadable


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it was received. Header names are lower-case; `url` is the public one, with the
    query, as the sender knows it; `form` holds the fields of a form-encoded or multipart body, where
    several values of one name are joined by ", "."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    client_ip: str | None = None
    files: Sequence[Mapping[str, Any]] = ()
    """Files of a multipart body, without their bytes: {"name", "content_type", "size_bytes"}."""


@dataclass(frozen=True, slots=True)
class Config:
    """What an administrator set for one endpoint. `secrets` are all that are valid now, newest
    first: while a secret is replaced, the old one is accepted too."""

    endpoint_id: str
    secrets: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a delivery is its sender's. `reason` is for the administrator, never for the sender."""

    is_valid: bool
    method: str = ""
    reason: str = ""
    secret_number: int | None = None
    """Which of the valid secrets it was, newest first."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a sender expects to be answered, where that is more than 200."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class Verifier(Protocol):
    """Checks the signature of a delivery, in constant time."""

    def __call__(self, delivery: Delivery, config: Config) -> Proof: ...


Parsed = Sequence[Envelope | Unreadable]
BODY_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of an endpoint, as the administrator's page asks for it."""

    name: str
    label: str
    help_text: str = ""
    is_secret: bool = False
    is_required: bool = False
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, label); empty for free text."""
    group: str = ""
    """Heading under which it stands, of several."""


@dataclass(frozen=True, slots=True)
class Question:
    """One GET of a sender's API, for what a delivery only announced."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


Signer = Callable[[Delivery, Config], Delivery]
Sampler = Callable[[int, datetime], Delivery]


@dataclass(frozen=True, slots=True)
class Adapter:
    """A channel. `steps` tell an administrator, sentence by sentence, what to set up at the sender.

    `parse` never raises on what a sender sends: what it cannot read is `Unreadable`.
    """

    channel: str
    """Value of `Endpoint.Channel`."""
    label: str
    parse: Callable[[Delivery, Config], Parsed]
    verify: Verifier | None = None
    shake_hands: Callable[[Delivery, Config], Reply | None] | None = None
    """Answers set-up requests; None for a delivery that is none."""
    reply: Callable[[Delivery, Config], Reply] | None = None
    options: tuple[Option, ...] = ()
    steps: tuple[str, ...] = ()
    secret_label: str = ""
    """What the sender calls the secret; empty for senders that have none."""
    body_limit: int = BODY_LIMIT
    is_polled: bool = False
    """We ask its server; nobody posts to us, so it has no address."""
    api_host: str = ""
    """The only host that `ask` may name."""
    ask: Callable[[Mapping[str, str], Config], Question] | None = None
    """What to ask for, by an envelope's `fetch`. Raises ValueError with a sentence when an option that
    it needs (an access token) is not set."""
    read_answer: Callable[[Mapping[str, str], Any, Config], Envelope | Unreadable] | None = None
    """The envelope of an answer (JSON data) to what `fetch` asked. Its key does not count: the
    delivery has one. An envelope with `fetch` asks on, e.g. for a form's questions."""
    sign: Signer | None = None
    """The delivery as the sender would have signed it with the newest secret, for the simulator."""
    make_sample: Sampler | None = None
    """An invented delivery of a real shape, unsigned. Another number is another person and another
    event; the same number gives the same bytes."""
