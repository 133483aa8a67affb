"""Who a signed-in person is among the reps."""

from reps.models import Rep


def find_rep(*, user_id: int) -> Rep | None:
    """Returns the rep of this user with the team loaded, or None. Queries: 1."""
    return Rep.objects.select_related("team").filter(user_id=user_id).first()
