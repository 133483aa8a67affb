"""A rep's turns in a pool, line by line: what was taken, credited, kept, and why they were passed over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import BigIntegerField, F, Func, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from leads.models import Lead
from reps.models import Rep
from routing.engine.eligibility import Fate, FateCode, say_numbers
from routing.engine.roster import TURN
from routing.engine.trace import Trace
from routing.models import PoolMember, TurnEntry, TurnKind

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class TurnLine:
    """`microturns` moved the balance to `balance` (both None where the rep's account was not
    concerned); `kept` was put by for later, or paid out if negative. `lead` is the rep's own."""

    number: int
    at: datetime
    sentence: str
    microturns: int | None
    balance: int
    kept: int = 0
    lead: Lead | None = None

    @property
    def moved_text(self) -> str:
        return "–" if self.microturns is None else say_turns(self.microturns)

    @property
    def balance_text(self) -> str:
        return say_turns(self.balance)

    @property
    def kept_text(self) -> str:
        """“+0.33 kept for later”, “catching up”, or nothing."""
        if self.kept > 0:
            return f"{say_turns(self.kept)} kept for later"
        return "catching up" if self.kept < 0 else ""


@dataclass(frozen=True, slots=True)
class TurnPage:
    """`lines` are newest first; `before` asks for the page after this one, None at the end."""

    member: PoolMember
    lines: list[TurnLine]
    before: int | None

    @property
    def balance_text(self) -> str:
        return say_turns(self.member.balance_microturns)

    @property
    def standing(self) -> str:
        """What the balance means: “owed”, “ahead”, “even”."""
        balance = say_turns(self.member.balance_microturns)
        return {"+": "owed", "−": "ahead"}.get(balance[0], "even")

    @property
    def kept_text(self) -> str:
        kept = self.member.deferred_microturns
        return f"{say_turns(kept)} kept from absences, to be caught up" if kept > 0 else ""


def list_memberships(rep: Rep) -> list[PoolMember]:
    """Returns the rep's places in pools, those they left last. Queries: 1."""
    rows = PoolMember.objects.filter(rep=rep).select_related("pool")
    return list(rows.order_by("-is_active", "pool__name"))


def get_turn_page(*, member: PoolMember, before: int | None = None) -> TurnPage:
    """Returns one page of the lines that concern the member, with the balance after each.

    The balances follow from the member's own, as just read, so the oldest line starts from nothing.
    Queries: 1, and 1 for all but the first page.
    """
    entries = TurnEntry.objects.filter(pool=member.pool_id).select_related("rep", "decision__lead")
    balance = member.balance_microturns
    if before is not None:
        balance -= _sum_moved(entries.filter(number__gte=before), member.rep_id)
        entries = entries.filter(number__lt=before)
    found = list(entries.order_by("-number")[: PAGE_SIZE + 1])
    lines = list(_tell(found[:PAGE_SIZE], member.rep_id, balance))
    return TurnPage(member, lines, found[PAGE_SIZE - 1].number if found[PAGE_SIZE:] else None)


def _sum_moved(entries: "QuerySet[TurnEntry]", rep_id: int) -> int:
    moved = Cast(_value_of(rep_id), BigIntegerField())
    return entries.order_by().aggregate(total=Sum(moved))["total"] or 0


def _value_of(rep_id: int) -> Func:
    """What a line's deltas hold for the rep: Django's own lookup takes a number for a place in a list."""
    if connection.vendor == "postgresql":
        path, function = str(rep_id), "jsonb_extract_path_text"
    else:
        path, function = f'$."{rep_id}"', "json_extract"
    return Func(F("deltas"), Value(path), function=function, output_field=TextField())


def _tell(entries: list[TurnEntry], rep_id: int, balance: int) -> Iterator[TurnLine]:
    key = str(rep_id)
    for entry in entries:
        microturns = entry.deltas.get(key)
        sentence = _say(entry, rep_id, microturns)
        if sentence:
            decision = entry.decision
            yield TurnLine(
                number=entry.number,
                at=entry.taken_at,
                sentence=sentence,
                microturns=microturns,
                balance=balance,
                kept=entry.deferrals.get(key, 0),
                lead=decision.lead if decision and entry.rep_id == rep_id else None,
            )
        balance -= microturns or 0


def _say(entry: TurnEntry, rep_id: int, microturns: int | None) -> str:
    """What an entry means to the rep; "" where it does not concern them."""
    is_own, is_credited = entry.rep_id == rep_id, microturns is not None
    name = entry.rep.name if entry.rep else "Somebody"
    reason = f": {entry.reason}" if entry.reason else ""
    match entry.kind:
        case TurnKind.JOINED:
            return f"You joined the pool{reason}" if is_own else ""
        case TurnKind.LEFT:
            return f"You left the pool{reason}" if is_own else ""
        case TurnKind.CHANGED:
            return f"Your place was changed{reason}" if is_own else ""
        case TurnKind.RETURN:
            if is_own:
                return f"A lead you had was returned, so the turn is yours again{reason}"
            return f"{name} had a lead returned, so your credit for it is taken back" * is_credited
        case TurnKind.MANUAL:
            if is_own:
                return "A manager gave you a lead, which counts as a turn here"
            return f"A manager gave {name} a lead, so you are owed your share of it" * is_credited
    return _say_pick(entry, rep_id, name, microturns)


def _say_pick(entry: TurnEntry, rep_id: int, name: str, microturns: int | None) -> str:
    fate = _find_fate(entry, rep_id)
    if entry.rep_id == rep_id:
        alone = "" if microturns else "; nobody else was considered, so it cost nothing"
        return f"You took a lead{_say_compared(fate)}{alone}"
    if microturns is not None:
        return f"{name} took one, so you are owed your share of it{_say_compared(fate)}"
    if fate is None:
        return ""
    return f"{name} took one; you were passed over ({fate.sentence()})"


def _say_compared(fate: Fate | None) -> str:
    compares = fate is not None and fate.code in (FateCode.PICKED, FateCode.NOT_THEIR_TURN)
    return f" ({say_numbers(fate.detail[1:])})" if compares and fate and fate.detail[1:] else ""


def _find_fate(entry: TurnEntry, rep_id: int) -> Fate | None:
    """What became of the rep in this pool, as the decision tells it."""
    if entry.decision is None or not entry.decision.trace:
        return None
    choices = Trace.from_json(entry.decision.trace).choices
    fates = (
        fate
        for choice in reversed(choices)
        if choice.target == entry.pool_id
        for fate in choice.candidates
    )
    return next((fate for fate in fates if fate.rep_id == rep_id), None)


def say_turns(microturns: int) -> str:
    """“+0.33”, “−1”, “0”: at most two decimals."""
    text = f"{abs(microturns) / TURN:.2f}".rstrip("0").rstrip(".")
    if text == "0":
        return "0"
    return ("−" if microturns < 0 else "+") + text
