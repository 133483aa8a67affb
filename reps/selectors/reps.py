"""Looking up reps."""

from typing import Any

from reps.models import Rep


def find_rep(user: Any) -> Rep | None:
    """Returns the user's active rep with team, or None for everybody who does not take leads."""
    if not user.is_authenticated:
        return None
    return Rep.objects.active().select_related("team").filter(user=user).first()


def lock_rep(rep_id: int) -> Rep:
    """Returns the rep, row-locked: loads and caps hold still until commit. Raises: Rep.DoesNotExist."""
    return Rep.objects.select_for_update(of=("self",)).select_related("team", "user").get(pk=rep_id)
