"""From the tests of an attribute to its domain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from routing.engine.attributes import Attribute
from routing.engine.conditions.nodes import Test
from routing.engine.facts import Facts
from routing.engine.normal import NORMALISERS, AttributeType, NormalValue
from routing.engine.proving.domains.base import Domain, Spellings
from routing.engine.proving.domains.listed import ListedDomain
from routing.engine.proving.domains.members import ListedSetsDomain, MembersDomain
from routing.engine.proving.domains.samples import (
    WHOLE,
    collect,
    collect_parts,
    sample_numbers,
    sample_texts,
)
from routing.engine.proving.domains.texts import PartsDomain
from routing.engine.territory_criteria import Territory


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known about possible values besides their types.

    `values`: {attribute: every text it can be}, such as the slugs of all sources; an attribute that
    is missing may be any text. `territories`: the sets of slugs a lead's territory can be; None
    leaves them open. `lead`: facts that must be among the values, whatever the rest says. `follows`:
    {attribute: (another, {value of that: the attribute's})}, such as the kind of each source.
    `places`: all territories, in any order; what they state ties the territory to the country.
    """

    values: Mapping[str, Collection[str]] = field(default_factory=dict)
    territories: Collection[frozenset[str]] | None = None
    lead: Facts = field(default_factory=dict)
    follows: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    places: Collection[Territory] = ()

    @property
    def tied(self) -> frozenset[str]:
        """Attributes of which one follows the other: of these each value counts by itself."""
        return frozenset([*self.follows, *(leader for leader, _ in self.follows.values())])


def make_domain(
    attribute: Attribute, tests: Sequence[Test], first: int, knowledge: Knowledge
) -> Domain:
    """The domain of an attribute with all tests that will be asked of it."""
    normalise = NORMALISERS[attribute.type]
    own = normalise(knowledge.lead.get(attribute.name))
    closed = attribute.choices or knowledge.values.get(attribute.name) or ()
    spellings = Spellings(tests, closed)
    if attribute.type is AttributeType.SET:
        members: frozenset[str] = own if isinstance(own, frozenset) else frozenset()
        if attribute.name == "territory" and knowledge.territories is not None:
            sets = {*knowledge.territories, members}
            return ListedSetsDomain(attribute.name, first, sets, spellings)
        return MembersDomain(attribute.name, first, tests, members)
    samples = _sample(attribute, tests, own, knowledge)
    is_lacking = attribute.is_always_known and not (knowledge.lead and own is None)
    base = ListedDomain(
        attribute.name,
        first,
        samples if is_lacking and samples else [None, *samples],
        spellings=spellings,
        normalise=normalise,
    )
    parts = collect_parts(tests)
    if not parts:
        return base
    whole = {*collect(tests, *WHOLE), *([own] if isinstance(own, str) else [])}
    return PartsDomain(
        base, tests, parts=parts, whole=frozenset({*whole, *map(str.casefold, closed)})
    )


def _sample(
    attribute: Attribute, tests: Sequence[Test], own: NormalValue, knowledge: Knowledge
) -> Sequence[NormalValue]:
    if attribute.type is AttributeType.BOOLEAN:
        return [False, True]
    if attribute.type is AttributeType.NUMBER:
        extra = [own] if isinstance(own, int | float) else []
        return sample_numbers(attribute, tests, extra)
    closed = attribute.choices or knowledge.values.get(attribute.name)
    known = {*closed, *([own] if isinstance(own, str) else [])} if closed is not None else None
    named = [own] if isinstance(own, str) else []
    if known is not None and attribute.name in knowledge.tied:
        named = sorted(known)
    return sample_texts(attribute, tests, named, known)
