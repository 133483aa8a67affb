"""What would have to be different for a lead to go elsewhere, in sentences."""

from datetime import datetime

from reps.models import Rep
from routing.engine.choosing import LeadView
from routing.engine.compiling import Plan
from routing.engine.counterfactuals import find_smallest_change, find_way_to_rep
from routing.engine.counterfactuals.wording import say_way_to_rep, say_way_to_rule
from routing.engine.explaining import Names
from routing.engine.facts import Facts
from routing.engine.proving.domains import Knowledge
from routing.models import Pool
from routing.selectors.proofs import find_knowledge
from routing.selectors.roster import lock_roster
from routing.selectors.words import get_words


def explain_way_to_rule(plan: Plan, facts: Facts, rule_id: int, now: datetime) -> list[str]:
    """Returns what must change about the lead for the rule to take it; facts as a decision keeps
    them, with the territory."""
    name = next(rule.name for rule in plan.rules if rule.id == rule_id)
    knowledge = _find_knowledge(plan)
    change = find_smallest_change(plan, facts, [rule_id], now, knowledge)
    return say_way_to_rule(change, name, get_words())


def explain_way_to_rep(plan: Plan, lead: LeadView, rep: Rep, now: datetime) -> list[str]:
    """Returns what must change for the rep to get the lead, as the pools and reps stand now. Queries:
    about 12, of all pools and reps."""
    roster = lock_roster(
        pool_ids=Pool.objects.values_list("pk", flat=True),
        rep_ids=[*Rep.objects.filter(is_active=True).values_list("pk", flat=True), rep.pk],
        now=now,
        is_locking=False,
    ).roster
    knowledge = _find_knowledge(plan)
    answer = find_way_to_rep(plan, lead, roster, rep.pk, now, knowledge)
    names = Names(rules={rule.id: rule.name for rule in plan.rules})
    return say_way_to_rep(answer, rep.name, names, get_words())


def _find_knowledge(plan: Plan) -> Knowledge:
    places = [path[-1] for path in plan.territory_index.list_paths()]
    return find_knowledge(plan.territory_index.list_slugs(), places)
