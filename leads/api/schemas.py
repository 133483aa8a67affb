"""How the API's documents describe posting a lead."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from leadrouter.common.schemas import refused
from leads.channels.api.schema import ALIASES
from leads.domain.draft import FIELD_LABELS

_MORE = {
    "products": "A list of texts, or one text with commas.",
    "employees": "A number or a range such as 51-200.",
    "occurred_at": "ISO 8601 with an offset. Left out: now.",
    "consent": "true, false, or left out when it was not asked.",
    "external_id": "Your own id of this person or request.",
}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Registers itself: how the documents call an API key."""

    target_class = "leads.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key made in the admin."}


def _help(name: str) -> str:
    also = ", ".join(ALIASES.get(name, ()))
    parts = (f"{FIELD_LABELS[name]}.", _MORE.get(name, ""), f"Also read: {also}." if also else "")
    return " ".join(part for part in parts if part)


class NewLeadSerializer(serializers.Serializer[object]):
    """A lead to post. An e-mail address or a phone number is needed; all else is optional.

    Any utm_* parameter and the click ids of ad platforms (gclid, msclkid, fbclid, …) are taken as
    well. Fields not listed are kept with the delivery and named in `warnings`.
    """

    landing_url = serializers.URLField(
        required=False, help_text="Address of the page the visitor came to, with its utm_*."
    )
    referrer = serializers.URLField(required=False, help_text="Where the visitor came from.")
    utm_source = serializers.CharField(required=False)
    utm_medium = serializers.CharField(required=False)
    utm_campaign = serializers.CharField(required=False)
    utm_term = serializers.CharField(required=False)
    utm_content = serializers.CharField(required=False)
    custom = serializers.DictField(
        required=False, help_text="Fields of your own; rules can test them."
    )

    def get_fields(self) -> dict[str, Any]:
        special: dict[str, Any] = {
            "products": serializers.ListField(
                child=serializers.CharField(), required=False, help_text=_help("products")
            ),
            "consent": serializers.BooleanField(required=False, help_text=_help("consent")),
        }
        known = {
            name: special.get(name) or serializers.CharField(required=False, help_text=_help(name))
            for name in FIELD_LABELS
        }
        return known | super().get_fields()


class WarningSerializer(serializers.Serializer[object]):
    field = serializers.CharField()  # type: ignore[assignment]
    code = serializers.CharField()
    message = serializers.CharField()


class AcceptedSerializer(serializers.Serializer[object]):
    id = serializers.UUIDField(help_text="Of the delivery.")
    status_url = serializers.URLField(help_text="Says what became of it.")
    warnings = WarningSerializer(many=True)
    duplicate = serializers.BooleanField(required=False, help_text="True: it was here before.")


ACCEPT_LEAD: dict[str, Any] = {
    "operation_id": "leads_create",
    "summary": "Post a lead",
    "description": (
        "Stores the lead and answers at once; routing follows within moments. Needs an API key: "
        "`Authorization: Bearer lr_…`. At most 256 KB and 32 levels of nesting."
    ),
    "parameters": [
        OpenApiParameter(
            "Idempotency-Key",
            str,
            OpenApiParameter.HEADER,
            description=(
                "1 to 255 visible ASCII characters. The same key with the same body is one lead, "
                "whenever it is repeated. Without it the same body is one lead per UTC day."
            ),
        )
    ],
    "request": {"application/json": NewLeadSerializer},
    "responses": {
        202: OpenApiResponse(AcceptedSerializer, description="Stored."),
        200: OpenApiResponse(AcceptedSerializer, description="Stored before; the same id again."),
        400: refused("json_invalid, invalid, idempotency_key_invalid"),
        401: refused("not_authenticated, api_key_unknown, api_key_revoked, source_inactive"),
        409: refused("idempotency_key_reused: the key came before with another body."),
        411: refused("length_required: chunked bodies are not read."),
        413: refused("body_too_large"),
        415: refused("unsupported_media_type"),
        429: refused("throttled; Retry-After says when to come back."),
        503: refused("unavailable; Retry-After says when to come back. Nothing was stored."),
    },
    "examples": [
        OpenApiExample(
            "A visitor of the website",
            request_only=True,
            value={
                "first_name": "Ada",
                "last_name": "Lovelace",
                "email": "ada@example.com",
                "phone": "+1 555 010 0001",
                "company": "Example Inc",
                "country": "US",
                "message": "Please call me.",
                "landing_url": "https://www.example.com/?utm_source=news&utm_medium=email",
                "custom": {"budget": "10-20k"},
            },
        )
    ],
}
