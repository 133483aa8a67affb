"""Enqueues tasks: `python -m bench.enqueue COUNT SECONDS_BETWEEN`; a process, because django-q2
knows one broker per process."""

import sys
import time

import django


def main(count: int, gap: float) -> None:
    """Enqueues at even distances; the moment of sending travels with the task."""
    django.setup()
    from django_q.tasks import async_task

    for number in range(count):
        async_task("bench.tasks.note", number, time.time(), save=False)
        time.sleep(gap)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
