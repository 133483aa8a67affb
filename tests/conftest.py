"""The personas every test can be, and their browsers."""

import os
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.test import Client

if TYPE_CHECKING:
    from reps.models import Rep

# A busy machine is no failure, and CI says the same about the same commit twice.
hypothesis.settings.register_profile(
    "suite", deadline=None, derandomize="CI" in os.environ, database=None
)
hypothesis.settings.load_profile("suite")


@pytest.fixture
def administrator(db: None) -> Any:
    from tests.factories import make_administrator

    return make_administrator(username="administrator")


@pytest.fixture
def manager(db: None) -> Any:
    from tests.factories import make_manager

    return make_manager(username="manager")


@pytest.fixture
def marketing(db: None) -> Any:
    from tests.factories import make_marketing

    return make_marketing(username="marketing")


@pytest.fixture
def rep(db: None) -> "Rep":
    from tests.factories import TeamFactory, make_rep

    return make_rep(name="Maria Weber", team=TeamFactory(name="Berlin"))


@pytest.fixture
def other_rep(db: None) -> "Rep":
    """A rep of another team, who must not see what `rep` sees."""
    from tests.factories import TeamFactory, make_rep

    return make_rep(name="Sam Carter", team=TeamFactory(name="Denver"))


def _client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def anonymous_client() -> Client:
    return Client()


@pytest.fixture
def administrator_client(administrator: Any) -> Client:
    return _client_of(administrator)


@pytest.fixture
def manager_client(manager: Any) -> Client:
    return _client_of(manager)


@pytest.fixture
def marketing_client(marketing: Any) -> Client:
    return _client_of(marketing)


@pytest.fixture
def rep_client(rep: "Rep") -> Client:
    return _client_of(rep.user)


@pytest.fixture
def other_rep_client(other_rep: "Rep") -> Client:
    return _client_of(other_rep.user)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="Leave out what asks no database: it was run beside another one already.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    pure = [item for item in items if not _asks_a_database(item)]
    if pure:
        config.hook.pytest_deselected(items=pure)
        items[:] = [item for item in items if _asks_a_database(item)]


def _asks_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("any_database"):
        return False
    names = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("processes")
    return bool(marked or names & {"db", "transactional_db", "django_db_setup", "live_server"})
