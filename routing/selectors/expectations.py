"""What a pool expects of its members, and from how little."""

from dataclasses import dataclass

from routing.engine.outcomes import FEWEST_OUTCOMES, OutcomeTable, Tally
from routing.models import Pool, PoolMember, RepOutcome


@dataclass(frozen=True, slots=True)
class Expected:
    """`worth` is of a lead from a source nobody has closed leads from, "" while too little is known."""

    name: str
    won: int
    closed: int
    worth: str


@dataclass(frozen=True, slots=True)
class PoolExpectations:
    members: list[Expected]
    sentence: str


def get_pool_expectations(pool: Pool) -> PoolExpectations:
    """Returns one line a member, by name, and how much there is to go by. Queries: 2."""
    members = PoolMember.objects.filter(pool=pool, is_active=True).select_related("rep")
    rows = list(
        RepOutcome.objects.filter(rep__memberships__pool=pool).select_related("source").distinct()
    )
    table = OutcomeTable(
        Tally(
            row.rep_id, row.source.slug, row.won, row.lost,
            row.won if row.currency else 0, row.deal_cents, row.currency,
        )
        for row in rows
    )  # fmt: skip
    lines = [
        Expected(
            name=member.rep.name,
            won=sum(row.won for row in rows if row.rep_id == member.rep_id),
            closed=table.count_closed(member.rep_id),
            worth=table.expect(member.rep_id, "").text if table.is_telling else "",
        )
        for member in sorted(members, key=lambda one: one.rep.name)
    ]
    return PoolExpectations(lines, _say(table))


def _say(table: OutcomeTable) -> str:
    if not table.is_telling:
        return (
            f"Too little is known: of these members {table.closed} leads were won or lost within a "
            f"year, and {FEWEST_OUTCOMES} are needed, with one won. Until then turns go by weight."
        )
    unit = f"in {table.currency} a lead" if table.currency else "as the chance to win a lead"
    return f"From {table.closed} leads won or lost within a year, {unit}."
