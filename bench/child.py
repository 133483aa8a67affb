"""One benchmark in a process of its own, because Django knows one database per process.

`python -m bench.child NAME [--quick]`; `prepare` loads the organisation instead.
"""

import importlib
import sys

import django


def main(name: str, *, is_quick: bool) -> None:
    """Runs the named benchmark on the database of the environment."""
    django.setup()
    if name == "prepare":
        importlib.import_module("bench.organisation").load()
    else:
        importlib.import_module(f"bench.{name}").run(is_quick=is_quick)


if __name__ == "__main__":
    main(sys.argv[1], is_quick="--quick" in sys.argv[2:])
