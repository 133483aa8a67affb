"""Finds who an arriving lead may be, among the stored leads and those of its own batch.

Nothing is written here; `ingesting` asks, and writes what follows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from leads.domain.blocking import blocking_keys, hash_key, name_key
from leads.domain.person import Person
from leads.domain.similarity import Likeness, Thresholds, Verdict, compare, judge, names_may_agree
from leads.domain.similarity_words import Evidence, explain
from leads.models import Lead
from leads.selectors.candidates import CROWDED, Candidate

# Of one lead so many pairs are put into the queue at most, the likeliest first.
MOST_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A lead that the arriving one may be: its id, or the lead itself if it came in this batch."""

    verdict: Verdict
    likeness: Likeness
    person: Person
    lead: Lead | None = None

    @property
    def lead_id(self) -> int:
        return self.lead.pk if self.lead else self.person.lead_id


@dataclass(slots=True)
class _Newcomer:
    lead: Lead
    person: Person
    keys: frozenset[int]


@dataclass(slots=True)
class Matcher:
    """What is known about the persons of one batch. `add` tells of leads that the batch itself makes."""

    thresholds: Thresholds
    persons: Sequence[Person]
    keys: dict[int, frozenset[int]]  # by id() of the person
    _stored: dict[int, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    # Made once: leads of one batch often meet the same ones.
    _persons: dict[int, Person] = field(default_factory=dict)
    _new: dict[int, list[_Newcomer]] = field(default_factory=lambda: defaultdict(list))

    def all_keys(self) -> set[int]:
        """What `candidates_read` must be asked for."""
        return {key for keys in self.keys.values() for key in keys}

    def learn(self, candidates: Iterable[Candidate]) -> None:
        """Takes what `candidates_read` found for the keys of the batch."""
        for candidate in candidates:
            for key in candidate.keys:
                self._stored[key].append(candidate)

    def add(self, lead: Lead, person: Person) -> None:
        """From now on the batch's own lead may be met as well."""
        newcomer = _Newcomer(lead, person, self.keys[id(person)])
        for key in newcomer.keys:
            self._new[key].append(newcomer)

    def match_stored(self, person: Person) -> list[Match]:
        """Stored leads that the person may be."""
        return list(self._match_stored(person, self.keys[id(person)]))

    def match_new(self, person: Person) -> list[Match]:
        """Leads that this batch itself has made, and that the person may be."""
        return list(self._match_new(person, self.keys[id(person)]))

    def _count_namesakes(self, person: Person) -> int:
        name = name_key(person)
        sharing = self._stored.get(hash_key(name), ()) if name else ()
        return max((one.keys[hash_key(name)] for one in sharing), default=0)

    def _match_stored(self, person: Person, keys: frozenset[int]) -> Iterator[Match]:
        namesakes = self._count_namesakes(person)
        shared: dict[int, list[int]] = defaultdict(list)
        by_id: dict[int, Candidate] = {}
        for key in keys:
            for candidate in self._stored.get(key, ()):
                by_id[candidate.lead_id] = candidate
                shared[candidate.lead_id].append(candidate.keys[key])
        for lead_id, candidate in by_id.items():
            crowds = shared[lead_id]
            # The statement served the whole batch: what it kept for others may be too faint here.
            if len(crowds) == 1 and crowds[0] > CROWDED:
                continue
            other = self._persons.get(lead_id)
            if other is None:
                other = self._persons[lead_id] = candidate.person()
            if not names_may_agree(person, other.given, other.family):
                continue
            match = self._assess(person, other, namesakes, None)
            if match:
                yield match

    def _match_new(self, person: Person, keys: frozenset[int]) -> Iterator[Match]:
        near = {id(one): one for key in keys for one in self._new.get(key, ())[-CROWDED:]}
        for newcomer in near.values():
            match = self._assess(person, newcomer.person, 0, newcomer.lead)
            if match:
                yield match

    def _assess(
        self, person: Person, other: Person, namesakes: int, lead: Lead | None
    ) -> Match | None:
        likeness = compare(person, other, namesakes=namesakes)
        verdict = judge(likeness, self.thresholds)
        return None if verdict == Verdict.UNLIKELY else Match(verdict, likeness, other, lead)


def likeliest(matches: Iterable[Match]) -> list[Match]:
    """The likeliest first, MOST_PAIRS at most."""
    ranked = sorted(matches, key=lambda match: (-match.likeness.total, match.person.lead_id))
    return ranked[:MOST_PAIRS]


def make_matcher(persons: Sequence[Person], thresholds: Thresholds) -> Matcher:
    """A matcher for a batch; the keys that must be asked for are the union of its `keys`."""
    return Matcher(thresholds, persons, {id(one): frozenset(blocking_keys(one)) for one in persons})


def evidence_of(match: Match, person: Person) -> list[Evidence]:
    """The findings as sentences: the arriving person first, then the known one."""
    return explain(match.likeness, person, match.person)
