"""The product's addresses and the floors beside them, behind the same middleware."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from bench.peer_urls import insert_only


@login_required
def same_size(request: HttpRequest, size: int) -> HttpResponse:
    """As many bytes as a page has, to somebody who is signed in."""
    return HttpResponse(b"x" * size)


urlpatterns = [
    path("bench/insert/", insert_only),
    path("bench/page/<int:size>/", same_size),
    path("", include("leadrouter.urls")),
]
