"""Writes each section of a document, in the order in which sections refer to each other."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from leadrouter.common.roles import REP, ROLE_PERMISSIONS
from leads.models import Endpoint
from reps.models import Holiday, WorkingHours
from routing.configuration import columns
from routing.configuration.columns import Columns, Entry
from routing.configuration.hours import find_repeated_start, read_week
from routing.configuration.territory_faults import find_territory_faults
from routing.configuration.writing import Writing
from routing.models import PoolMember, TerritoryRole
from routing.services.memberships import recording_members

USER = Columns(get_user_model(), ("username", "email", "first_name", "last_name", "is_active"))


def write_users(writing: Writing, entries: list[Entry]) -> None:
    groups = {group.name: group for group in Group.objects.filter(name__in=ROLE_PERMISSIONS)}
    for entry in entries:
        known = writing.rows("users").get(entry["username"])
        roles = set(entry.get("roles", ()))
        fixed: dict[str, Any] = {
            "is_staff": bool(roles - {REP}) or bool(known and known.is_superuser)
        }
        if known is None:
            fixed["password"] = _no_password()
        row = writing.write_keyed("users", USER, entry, **fixed)
        if row is not None:
            _set_roles(row, roles, groups)


def _no_password() -> str:
    unusable = get_user_model()()
    unusable.set_unusable_password()
    return str(unusable.password)


def _set_roles(user: Any, roles: set[str], groups: dict[str, Group]) -> None:
    """Other groups of the user are nobody's business here."""
    now = {group.name for group in user.groups.all()} & groups.keys()
    if now != roles:
        user.groups.remove(*(groups[name] for name in now - roles))
        user.groups.add(*(groups[name] for name in roles - now))


def write_teams(writing: Writing, entries: list[Entry]) -> None:
    for entry in entries:
        row = writing.write_keyed("teams", columns.TEAM, entry)
        if row is not None:
            _write_hours(writing, row, entry, "team")


def _write_hours(writing: Writing, owner: Any, entry: Entry, name: str) -> None:
    wanted = read_week(entry.get("working_hours", ()))
    if repeated := find_repeated_start(wanted):
        writing.refuse(f"{name}s[{owner.slug}].working_hours", f"Two stretches start {repeated}.")
        return
    rows = {
        (row.weekday, row.starts_at, row.ends_at): row
        for row in (owner.working_hours.all() if owner.pk else ())
    }
    for key, row in rows.items():
        if key not in wanted:
            row.delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(weekday=day, starts_at=start, ends_at=end, **{name: owner})
        for day, start, end in sorted(wanted - rows.keys())
    )


def write_holidays(writing: Writing, entries: list[Entry]) -> None:
    """Adds and renames; other days stay unless pruned."""
    rows = {(row.country, row.on): row for row in Holiday.objects.all()}
    for entry in entries:
        path = f"holidays[{entry['country']} {entry['on']}]"
        try:
            key = (entry["country"], date.fromisoformat(entry["on"]))
        except ValueError:
            writing.refuse(path, "This day does not exist.")
            continue
        writing.write(rows.get(key) or Holiday(), columns.HOLIDAY, entry, path)


def write_skills(writing: Writing, entries: list[Entry]) -> None:
    for entry in entries:
        writing.write_keyed("skills", columns.SKILL, entry)


def write_reps(writing: Writing, entries: list[Entry]) -> None:
    roles = {user["username"]: user.get("roles", ()) for user in writing.document.get("users", ())}
    for entry in entries:
        path = f"reps[{entry['slug']}]"
        if REP not in roles.get(entry["user"], (REP,)):
            writing.refuse(f"{path}.user", f"users[{entry['user']}].roles must name the role rep.")
            continue
        row = writing.write_keyed("reps", columns.REP, entry, **_deactivation(writing, entry))
        if row is None:
            continue
        _write_hours(writing, row, entry, "rep")
        writing.write_parts(
            row.skills.select_related("skill"),
            [
                (slug, {"skill": slug, "level": level})
                for slug, level in entry.get("skills", {}).items()
            ],
            columns.REP_SKILL,
            lambda part: part.skill.slug,
            f"{path}.skills",
            rep=row,
        )
        writing.write_parts(
            row.source_caps.select_related("source"),
            [
                ((cap.get("source", ""), cap.get("source_kind", "")), cap)
                for cap in entry.get("source_caps", ())
            ],
            columns.SOURCE_CAP,
            lambda part: (part.source.slug if part.source else "", part.source_kind),
            f"{path}.source_caps",
            rep=row,
        )


def _deactivation(writing: Writing, entry: Entry) -> dict[str, Any]:
    if entry.get("is_active", True):
        return {"deactivated_at": None}
    known = writing.rows("reps").get(entry["slug"])
    return {"deactivated_at": (known and known.deactivated_at) or writing.now}


def write_sources(writing: Writing, entries: list[Entry]) -> None:
    """Endpoints that are not listed stay: deliveries hang on them. Switch them off by is_active."""
    for entry in entries:
        row = writing.write_keyed("sources", columns.SOURCE, entry)
        if row is None:
            continue
        doors = {(door.channel, door.name): door for door in row.endpoints.all()}
        for part in entry.get("endpoints", ()):
            path = f"sources[{row.slug}].endpoints[{part['channel']}]"
            door = doors.get((part["channel"], part.get("name", ""))) or Endpoint()
            writing.write(door, columns.ENDPOINT, part, path, source=row)


def write_custom_fields(writing: Writing, entries: list[Entry]) -> None:
    for entry in entries:
        writing.write_keyed("custom_fields", columns.CUSTOM_FIELD, entry)


def write_sla_policies(writing: Writing, entries: list[Entry]) -> None:
    _write_with_one_chosen(writing, "sla_policies", columns.SLA_POLICY, entries, "is_default")


def _write_with_one_chosen(
    writing: Writing, section: str, shape: Columns, entries: list[Entry], flag: str
) -> None:
    """At most one row has the flag, so who loses it is written before who gets it."""
    chosen = [entry["slug"] for entry in entries if entry.get(flag)]
    if len(chosen) > 1:
        writing.refuse(section, f"Only one can have {flag}, not {', '.join(chosen)}.")
        return
    for row in writing.rows(section).values():
        if chosen and getattr(row, flag) and row.slug != chosen[0]:
            setattr(row, flag, False)
            row.save(update_fields=[flag, "updated_at"])
    for entry in entries:
        writing.write_keyed(section, shape, entry)


def write_rule_set_rows(writing: Writing, entries: list[Entry]) -> None:
    _write_with_one_chosen(writing, "rule_sets", columns.RULE_SET, entries, "is_live")


def write_pools(writing: Writing, entries: list[Entry]) -> None:
    for entry in _referred_first(writing, "pools", entries, "overflow"):
        row = writing.write_keyed("pools", columns.POOL, _read_former_names(entry))
        if row is None:
            continue
        path = f"pools[{row.slug}]"
        _write_skill_levels(writing, row, entry.get("required_skills", ()), path)
        with recording_members(pool=row, now=writing.now):
            _write_members(writing, row, entry.get("members", {}), f"{path}.members")


def _read_former_names(entry: Entry) -> Entry:
    if "is_sticky" not in entry:
        return entry
    flag = entry["is_sticky"]
    return {"sticky_by_person": flag, "sticky_by_account": flag, **entry}


def _write_skill_levels(
    writing: Writing, pool: Any, wanted: Sequence[str] | dict[str, int], path: str
) -> None:
    levels = wanted if isinstance(wanted, dict) else dict.fromkeys(wanted, 1)
    writing.write_parts(
        pool.skill_levels.select_related("skill"),
        [(slug, {"skill": slug, "level": level}) for slug, level in levels.items()],
        columns.POOL_SKILL,
        lambda part: part.skill.slug,
        f"{path}.required_skills",
        pool=pool,
    )


def _write_members(writing: Writing, pool: Any, wanted: dict[str, int | Entry], path: str) -> None:
    """Who is not listed becomes inactive: the row keeps their balance, as the ledger must add up."""
    members = {member.rep.slug: member for member in pool.members.select_related("rep")}
    for slug, one in wanted.items():
        member = members.pop(slug, None) or PoolMember()
        entry = {"rep": slug, **(one if isinstance(one, dict) else {"weight": one})}
        writing.write(member, columns.MEMBER, entry, f"{path}[{slug}]", pool=pool, is_active=True)
    for member in members.values():
        if member.is_active:
            member.is_active = False
            member.save(update_fields=["is_active"])


def _set_related(manager: Any, rows: list[Any]) -> None:
    if {row.pk for row in manager.all()} != {row.pk for row in rows}:
        manager.set(rows)


def write_holding_queues(writing: Writing, entries: list[Entry]) -> None:
    for entry in entries:
        row = writing.write_keyed("holding_queues", columns.HOLDING_QUEUE, entry)
        if row is not None:
            path = f"holding_queues[{row.slug}]"
            for name, manager in (("teams", row.teams), ("reps", row.reps)):
                _set_related(
                    manager, writing.resolve_all(name, entry.get(name, ()), f"{path}.{name}")
                )


def write_territories(writing: Writing, entries: list[Entry]) -> None:
    for entry in _referred_first(writing, "territories", entries, "parent"):
        known = writing.rows("territories").get(entry["slug"])
        faults = list(find_territory_faults(entry, known))
        for path, sentence in faults:
            writing.refuse(f"territories[{entry['slug']}].{path}", sentence)
        row = None if faults else writing.write_keyed("territories", columns.TERRITORY, entry)
        if row is None:
            continue
        owners = entry.get("owners", ())
        writing.write_parts(
            row.owners.all(),
            [((one.get("role", TerritoryRole.AE), one["starts_on"]), one) for one in owners],
            columns.OWNER,
            lambda part: (part.role, part.starts_on.isoformat()),
            f"territories[{row.slug}].owners",
            territory=row,
        )


def _referred_first(writing: Writing, section: str, entries: list[Entry], name: str) -> list[Entry]:
    """Orders entries so that each comes after the one that it names; says which form a circle."""
    waiting = {entry["slug"]: entry for entry in entries}
    ordered: list[Entry] = []
    while waiting:
        ready = [one for one in waiting.values() if one.get(name) not in waiting]
        if not ready:
            circle = ", ".join(sorted(waiting))
            writing.refuse(section, f"These name each other as {name} in a circle: {circle}.")
            break
        ordered += ready
        for one in ready:
            del waiting[one["slug"]]
    return ordered


WRITERS: dict[str, Callable[[Writing, list[Entry]], None]] = {
    "users": write_users,
    "teams": write_teams,
    "holidays": write_holidays,
    "skills": write_skills,
    "sources": write_sources,
    "custom_fields": write_custom_fields,
    "reps": write_reps,
    "sla_policies": write_sla_policies,
    "pools": write_pools,
    "holding_queues": write_holding_queues,
    "territories": write_territories,
    "rule_sets": write_rule_set_rows,
}
