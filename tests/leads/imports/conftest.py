"""Files on their way through the pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from leads.models import ImportBatch, Source
from leads.services.importing import run_waiting_batches
from tests.factories import SourceFactory

TWO_ROWS = b"Name,E-mail,Size\nAnn Lee,ann@lee.example,38\nBo,nothing,40\n"


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Spring Fair", slug="spring-fair", kind="EVENT")


@pytest.fixture
def send(marketing_client: Client, source: Source) -> Callable[..., Any]:
    """Uploads content as marketing; keyword arguments replace form fields."""

    def post(content: bytes, name: str = "fair.csv", **fields: Any) -> Any:
        data = {"source": source.pk, "event_name": "", "default_country": ""} | fields
        data["file"] = SimpleUploadedFile(name, content)
        return marketing_client.post("/imports/new/", data)

    return post


@pytest.fixture
def uploaded(send: Callable[..., Any]) -> Callable[..., ImportBatch]:
    """Uploads content and returns its batch."""

    def upload(content: bytes = TWO_ROWS, name: str = "fair.csv", **fields: Any) -> ImportBatch:
        response = send(content, name, **fields)
        assert response.status_code == 302, response.content.decode()
        return ImportBatch.objects.latest("id")

    return upload


@pytest.fixture
def imported(
    uploaded: Callable[..., ImportBatch], marketing_client: Client
) -> Callable[..., ImportBatch]:
    """Uploads content, confirms the mapping as proposed and imports it."""

    def bring(content: bytes = TWO_ROWS, name: str = "fair.csv", **fields: Any) -> ImportBatch:
        batch = uploaded(content, name)
        page = marketing_client.get(f"/imports/{batch.public_id}/columns/")
        proposed = {key: value for key, value in page.context["form"].initial.items() if value}
        answer = marketing_client.post(
            f"/imports/{batch.public_id}/columns/", proposed | fields | {"start": "1"}
        )
        assert answer.status_code == 302, answer.content.decode()
        run_waiting_batches(clock=timezone.now, time_limit_seconds=60)
        batch.refresh_from_db()
        return batch

    return bring
