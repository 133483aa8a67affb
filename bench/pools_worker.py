"""What `bench.pools` runs in each of its workers."""

import django

django.setup()

from bench.pools import work  # noqa: E402 -- models need the set-up

work()
