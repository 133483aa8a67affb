"""How the API's documents describe claiming."""

from typing import Any

from leadrouter.common.schemas import refused
from routing.api.serializers import AssignmentSerializer

CLAIM_LEAD: dict[str, Any] = {
    "operation_id": "leads_claim",
    "summary": "Claim an offered lead",
    "description": "For the signed-in rep. Of any number who ask at once exactly one wins.",
    "request": None,
    "responses": {
        200: AssignmentSerializer,
        401: refused("not_authenticated"),
        403: refused(
            "permission_denied: not a rep. not_entitled: not your queue, or you declined it."
        ),
        404: refused("not_found: no such lead, or it was never offered to you."),
        409: refused("already_taken (with `winner`), not_offered, cap_reached"),
    },
}
