"""Looking up pools."""

from routing.models import Decision, Pool


def lock_pool(pool_id: int) -> Pool:
    """Returns the pool, row-locked. Raises: Pool.DoesNotExist."""
    return Pool.objects.select_for_update().get(pk=pool_id)


def lock_pools() -> list[Pool]:
    """Returns every pool in id order, row-locked, for who will write to several. Queries: 2."""
    ids = list(Pool.objects.order_by("pk").values_list("pk", flat=True))
    return list(Pool.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def lock_pool_counting_manual(lead_id: int) -> Pool | None:
    """Returns the pool the lead last came through, row-locked, if manual assignments take turns there."""
    pool_id = (
        Decision.objects.filter(lead=lead_id, pool__manual_counts=True)
        .order_by("-id")
        .values_list("pool_id", flat=True)
        .first()
    )
    return Pool.objects.select_for_update().get(pk=pool_id) if pool_id else None
