"""Completes announced deliveries, a few at a time. Only called by processes, never in a request."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError

from leads.channels.fetching.client import FetchFailedError, fetch_json
from leads.channels.receiving.views import to_config
from leads.channels.registry import ADAPTERS
from leads.models import IntakeItem
from leads.selectors.endpoints import open_door
from leads.services.fetching import complete_item, lease_items, postpone_item

logger = logging.getLogger(__name__)

BATCH = 5
ROUNDS = 20


@dataclass(slots=True)
class FetchReport:
    """How many deliveries were completed, and how many have to wait."""

    completed: int = 0
    postponed: int = 0


def fetch_announced(*, clock: Callable[[], datetime]) -> FetchReport:
    """Asks for what waits and is due, at most a hundred deliveries in one call."""
    report = FetchReport()
    for _ in range(ROUNDS):
        items = lease_items(limit=BATCH, now=clock())
        for item in items:
            if _fetch(item, clock):
                report.completed += 1
            else:
                report.postponed += 1
        if len(items) < BATCH:
            break
    return report


def _fetch(item: IntakeItem, clock: Callable[[], datetime]) -> bool:
    adapter = ADAPTERS.get(item.endpoint.channel)
    if adapter is None or adapter.ask is None or adapter.read_answer is None:
        reason = "This channel asks for nothing."
        postpone_item(item=item, reason=reason, is_final=True, now=clock())
        return False
    config = to_config(open_door(item.endpoint, now=clock()))
    wanted = item.payload.get("fetch", {})
    try:
        question = adapter.ask(wanted, config)
        document = fetch_json(question, host=adapter.api_host, now=clock())
        found = adapter.read_answer(wanted, document, config)
        complete_item(item=item, found=found, now=clock())
    except FetchFailedError as failure:
        postpone_item(
            item=item,
            reason=str(failure),
            is_final=failure.is_final,
            wait_seconds=failure.wait_seconds,
            now=clock(),
        )
        return False
    except (OperationalError, InterfaceError):
        raise  # the lease runs out, and somebody tries again
    except ValueError as problem:
        postpone_item(item=item, reason=str(problem), now=clock())
        return False
    except Exception as error:  # noqa: BLE001 -- its text may quote the answer
        logger.error("Reading an answer for %s failed: %s", adapter.channel, type(error).__name__)  # noqa: TRY400
        reason = f"The channel could not read the answer ({type(error).__name__})."
        postpone_item(item=item, reason=reason, now=clock())
        return False
    return True
