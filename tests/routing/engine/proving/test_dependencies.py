"""What is said never to occur together never does."""

import itertools
import random

import pytest

from routing.engine.conditions import Test
from routing.engine.operators import Operator
from routing.engine.proving.domains import Knowledge
from routing.engine.proving.space import Space
from routing.engine.territories import TerritoryIndex
from tests.routing.engine.proving.test_territories import VALUES, draw_territories

COUNTRIES = ["DE", "FR", "XX"]


@pytest.mark.parametrize("chunk", range(4))
def test_no_lead_is_where_none_can_be(chunk):
    excluded = 0
    for seed in range(chunk * 15, chunk * 15 + 15):
        territories = draw_territories(random.Random(seed))
        index = TerritoryIndex(territories)
        space = Space(
            [Test("country", Operator.IN, ("DE", "FR")), Test("territory", Operator.IS_KNOWN)],
            Knowledge({"country": COUNTRIES}, index.list_slugs(), places=territories),
        )
        excluded += len(space.axioms)
        codes = [None, "1", "12", "123", "120", "19", "2", "99"]
        for values in itertools.product(
            VALUES["country"], VALUES["subdivision"], codes, VALUES["industry"],
            [None, 2, 4], VALUES["company_domain"],
        ):  # fmt: skip
            names = list(VALUES)
            facts = {k: v for k, v in zip(names, values, strict=True) if v is not None}
            match = index.locate(facts)
            if match is not None:
                facts["territory"] = match.slugs
            point = space.locate(facts)
            for axiom in space.axioms:
                assert not all(cells >> point[v] & 1 for v, cells in axiom.items()), (seed, facts)
    assert excluded


def test_the_kind_follows_the_source():
    space = Space(
        [Test("source", Operator.EQUALS, "fair"), Test("source_kind", Operator.EQUALS, "EVENT")],
        Knowledge(
            {"source": ["fair", "web", "ads"], "source_kind": ["EVENT", "FORM", "CAMPAIGN"]},
            follows={
                "source_kind": ("source", {"fair": "EVENT", "web": "FORM", "ads": "CAMPAIGN"})
            },
        ),
    )
    source, kind = space.domains["source"], space.domains["source_kind"]
    possible = {
        (source.value({source.first: a}), kind.value({kind.first: b}))
        for a in range(source.variables[0].size)
        for b in range(kind.variables[0].size)
        if not any(
            axiom.get(source.first, -1) >> a & 1 and axiom.get(kind.first, -1) >> b & 1
            for axiom in space.axioms
        )
    }
    assert possible == {("fair", "EVENT"), ("web", "FORM"), ("ads", "CAMPAIGN")}
