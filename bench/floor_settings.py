"""The product's settings, with one more address: the bare view that accepting is compared with."""

from leadrouter.settings import *  # noqa: F403

ROOT_URLCONF = "bench.floor_urls"
