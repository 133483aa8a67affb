"""A worker process of its own: says that it is ready, waits for a line, drains, says what it did."""

import json
import sys
from datetime import datetime

import django


def main(now: str, batch_size: int) -> None:
    django.setup()
    from leads.domain.cleansing import warm_up
    from routing.services.draining import drain

    warm_up()
    print("ready", flush=True)
    sys.stdin.readline()
    report = drain(clock=lambda: datetime.fromisoformat(now), batch_size=batch_size)
    print(json.dumps({"items": report.items, "failed": report.failed}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
