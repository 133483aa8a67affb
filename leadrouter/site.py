"""What the admin shows around its pages: the navigation by job, and the home page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, has_role
from leads.models import Place
from routing.models import RuleSet
from routing.selectors.overview import Overview, Parked, count_badges, get_overview

Item = dict[str, Any]

# (title, icon, address or admin model, permission to see it, badge, query string)
JOBS: tuple[tuple[str, tuple[tuple[str, str, str, str, str, str], ...]], ...] = (
    (
        "Today",
        (
            ("Overview", "space_dashboard", "admin:index", "", "", ""),
            ("Leads", "person_search", "leads_lead", "leads.view_lead", "", ""),
            ("Parked leads", "pause_circle", "leads_lead", "leads.view_lead", "parked",
             f"place__exact={Place.PARKED}"),
            ("Duplicates", "compare_arrows", "leads_duplicatepair", "leads.view_duplicatepair", "",
             "state__exact=OPEN"),
            ("Merges", "merge", "leads_leadmerge", "leads.view_leadmerge", "", ""),
            ("Decisions", "fork_right", "routing_decision", "routing.view_decision", "", ""),
            ("Assignments", "assignment_ind", "routing_assignment", "routing.view_assignment", "",
             ""),
        ),
    ),
    (
        "Routing",
        (
            ("Rules", "rule", "admin:routing_rulesetversion_current",
             "routing.view_rulesetversion", "", ""),
            ("Rule tester", "science", "admin:routing_rulesetversion_tester",
             "routing.view_rulesetversion", "", ""),
            ("Rule sets and versions", "history", "routing_ruleset", "routing.view_ruleset", "", ""),
            ("Territories", "public", "routing_territory", "routing.view_territory", "", ""),
            ("Pools", "groups", "routing_pool", "routing.view_pool", "", ""),
            ("Holding queues", "inbox", "routing_holdingqueue", "routing.view_holdingqueue", "", ""),
            ("Promises (SLA)", "timer", "routing_slapolicy", "routing.view_slapolicy", "", ""),
        ),
    ),
    (
        "People",
        (
            ("Reps", "badge", "reps_rep", "reps.view_rep", "", ""),
            ("Teams", "diversity_3", "reps_team", "reps.view_team", "", ""),
            ("Skills", "school", "reps_skill", "reps.view_skill", "", ""),
            ("Holidays", "event", "reps_holiday", "reps.view_holiday", "", ""),
            ("Users", "manage_accounts", "auth_user", "auth.view_user", "", ""),
            ("Roles", "admin_panel_settings", "auth_group", "auth.view_group", "", ""),
        ),
    ),
    (
        "Where leads come from",
        (
            ("Sources", "campaign", "leads_source", "leads.view_source", "", ""),
            ("Channels", "meeting_room", "leads_endpoint", "leads.view_endpoint", "", ""),
            ("Channel rules", "alt_route", "leads_channelrule", "leads.view_channelrule", "", ""),
            ("Campaigns", "ads_click", "leads_campaign", "leads.view_campaign", "", ""),
            ("Referring sites", "link", "leads_referrersite", "leads.view_referrersite", "", ""),
            ("Custom fields", "text_fields", "leads_customfield", "leads.view_customfield", "", ""),
            ("Data quality", "fact_check", "admin:leads_suggestion_quality",
             "leads.view_suggestion", "", ""),
            ("Consents", "handshake", "leads_consent", "leads.view_consent", "", ""),
            ("Accounts", "apartment", "leads_account", "leads.view_account", "", ""),
            ("Matching of leads", "fingerprint", "leads_matchingsettings",
             "leads.view_matchingsettings", "", ""),
            ("File imports", "upload_file", "leads_importbatch", "leads.view_importbatch", "", ""),
            ("API keys", "key", "leads_apikey", "leads.view_apikey", "", ""),
        ),
    ),
    (
        "Under the bonnet",
        (
            ("Intake and dead letters", "move_to_inbox", "leads_intakeitem",
             "leads.view_intakeitem", "intake", ""),
            ("Quarantine", "shield", "admin:leads_intakeitem_quarantine",
             "leads.view_intakeitem", "", ""),
            ("Blocked senders", "block", "leads_blockedsender", "leads.view_blockedsender", "", ""),
            ("Incidents", "report", "routing_incident", "routing.view_incident", "", ""),
            ("Messages out", "outgoing_mail", "routing_outboxmessage",
             "routing.view_outboxmessage", "messages", ""),
            ("Clocks", "schedule", "routing_slatimer", "routing.view_slatimer", "", ""),
            ("Ledger of turns", "balance", "routing_turnentry", "routing.view_turnentry", "", ""),
            ("Signs of life", "vital_signs", "processes_heartbeat", "processes.view_heartbeat", "",
             ""),
            ("Failed tasks", "error", "django_q_failure", "django_q.view_failure", "", ""),
        ),
    ),
)  # fmt: skip


def list_navigation(request: HttpRequest) -> list[Item]:
    """The groups and items this person may open, with counts of what is stuck. Queries: 3."""
    badges = count_badges() if has_role(request.user, ADMINISTRATOR, MANAGER, MARKETING) else {}
    groups = []
    for title, jobs in JOBS:
        items = [
            _make_item(request, job, badges)
            for job in jobs
            if not job[3] or request.user.has_perm(job[3])  # type: ignore[union-attr]
        ]
        if items:
            groups.append({"title": title, "separator": False, "items": items})
    return groups


def _make_item(
    request: HttpRequest, job: tuple[str, str, str, str, str, str], badges: dict[str, int]
) -> Item:
    title, icon, target, _, badge, query = job
    path = reverse(target if ":" in target else f"admin:{target}_changelist")
    item: Item = {"title": title, "icon": icon, "link": f"{path}?{query}" if query else path}
    item["active"] = _is_active(request, target, path, query)
    if badges.get(badge):
        item["badge"], item["badge_variant"] = f"{badges[badge]:,}", "danger"
    return item


def _is_active(request: HttpRequest, target: str, path: str, query: str) -> bool:
    if target == "admin:index":
        return request.path == path
    if target.endswith("rulesetversion_current"):
        rules = ("/routing/rulesetversion/", "/routing/routingrule/")
        return any(part in request.path for part in rules) and "tester" not in request.path
    if target == "leads_lead":
        is_parked = request.GET.get("place__exact") == Place.PARKED
        return request.path.startswith(path) and is_parked == bool(query)
    return request.path.startswith(path)


# --- Home -------------------------------------------------------------------------------------

# After how long a sign of life is late: the worker's canary comes every few seconds.
LATE_AFTER = timedelta(seconds=90)
FETCHED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Tile:
    """One number: `tone` is "", "good", "warning" or "danger"."""

    label: str
    value: str
    note: str = ""
    tone: str = ""
    url: str = ""


def fill_home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the day's numbers to the home page for those who may see all leads."""
    if not has_role(request.user, ADMINISTRATOR, MANAGER, MARKETING):
        return context
    now = timezone.now()
    live = RuleSet.objects.filter(is_live=True).first()
    zone = ZoneInfo(live.timezone) if live else ZoneInfo("UTC")
    since = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    overview = get_overview(since=since, now=now)
    most = max((number for _, number in overview.reps), default=0)
    may_repair = has_role(request.user, ADMINISTRATOR, MANAGER)
    return context | {
        "title": "Overview",
        "overview": overview,
        "zone": zone.key,
        "tiles": _make_tiles(overview),
        "stuck": _list_stuck(overview, now, may_repair=may_repair),
        "shares": [(name, number, round(100 * number / most)) for name, number in overview.reps],
        "parts": _list_parts(overview, now),
        "has_live_rules": live is not None and live.versions.filter(state="PUBLISHED").exists(),
        "may_manage": may_repair,
    }


def _make_tiles(overview: Overview) -> list[Tile]:
    speed, promise = overview.speed, overview.promise
    kept = promise.percent_kept
    leads = reverse("admin:leads_lead_changelist")
    return [
        Tile("Received today", f"{overview.received:,}", _say_known(overview)),
        Tile("Routed today", f"{overview.routed:,}", "decisions by the rules"),
        Tile(
            "Received → assigned",
            say_seconds(speed.median_seconds),
            _say_speed(overview),
        ),
        Tile(
            "First touch in time",
            "–" if kept is None else f"{kept} %",
            f"{promise.kept:,} kept, {promise.missed:,} missed, {promise.running:,} running",
            _tone_of_promise(kept),
        ),
        Tile(
            "Overdue now",
            f"{promise.overdue:,}",
            "leads nobody has touched in time",
            "danger" if promise.overdue else "good",
            url=f"{reverse('admin:routing_slatimer_changelist')}?state=overdue",
        ),
        Tile(
            "Waiting in queues",
            f"{overview.stuck.queued_total:,}",
            "to be claimed",
            url=f"{leads}?place__exact={Place.OFFERED}",
        ),
    ]


def _say_known(overview: Overview) -> str:
    """“2 by people known already, and 5 repeated rows of files left out”."""
    said = f"{overview.known:,} by people known already"
    if not overview.repeated_rows:
        return said
    rows = "row of a file" if overview.repeated_rows == 1 else "rows of files"
    return f"{said}, and {overview.repeated_rows:,} repeated {rows} left out"


def _say_speed(overview: Overview) -> str:
    speed, waiting = overview.speed, overview.stuck.queued_total
    said = "no lead given to a rep by the rules yet"
    if speed.sample:
        leads = "lead" if speed.sample == 1 else "leads"
        said = (
            f"median of {speed.sample:,} {leads} given to a rep by the rules "
            f"(95 % within {say_seconds(speed.p95_seconds)})"
        )
    return f"{said}; {waiting:,} wait in queues" if waiting else said


def _say_parked(row: Parked, now: datetime) -> str:
    """“Nobody is available; the oldest for 3 h 05 min, next try in 12 min”."""
    said = f"{row.reason}; the oldest for {_say_span(now - row.oldest_at)}"
    if row.retry_at is None:
        return f"{said}, tried again when something changes that may help"
    if row.retry_at <= now:
        return f"{said}, next try now"
    return f"{said}, next try in {_say_span(row.retry_at - now)}"


def _say_span(span: timedelta) -> str:
    return say_seconds(max(0, int(span.total_seconds())))


def _tone_of_promise(percent: int | None) -> str:
    if percent is None:
        return ""
    return "good" if percent >= 90 else "warning" if percent >= 70 else "danger"


def _list_stuck(overview: Overview, now: datetime, *, may_repair: bool) -> list[Tile]:
    """Only what is really stuck: an empty list is the good news."""
    stuck = overview.stuck
    leads, intake, messages = (
        reverse(f"admin:{name}_changelist")
        for name in ("leads_lead", "leads_intakeitem", "routing_outboxmessage")
    )
    found = [
        Tile("Parked", f"{row.number:,}", _say_parked(row, now), "danger",
             f"{leads}?place__exact={Place.PARKED}")
        for row in stuck.parked
    ]  # fmt: skip
    if stuck.dead_letters:
        found.append(
            Tile("Dead letters", f"{stuck.dead_letters:,}", "deliveries that could not be processed",
                 "danger", f"{intake}?state__exact=DEAD")
        )  # fmt: skip
    if stuck.quarantined:
        found.append(
            Tile("Quarantined", f"{stuck.quarantined:,}", "set aside: release, redeliver or discard",
                 "warning", reverse("admin:leads_intakeitem_quarantine"))
        )  # fmt: skip
    # One that is fetched at once is no news; one that waits for its sender's API is.
    if stuck.announced_oldest_at and now - stuck.announced_oldest_at > FETCHED_WITHIN:
        waited = _say_span(now - stuck.announced_oldest_at)
        found.append(
            Tile("Announced, not fetched", f"{stuck.announced:,}",
                 f"the oldest waits for its sender's API for {waited}", "danger",
                 f"{intake}?state__exact=NEEDS_FETCH")
        )  # fmt: skip
    if stuck.dead_messages and may_repair:
        found.append(
            Tile("Messages given up", f"{stuck.dead_messages:,}", "nobody was told", "danger",
                 f"{messages}?state__exact=DEAD")
        )  # fmt: skip
    if stuck.intake_waiting:
        oldest = stuck.intake_oldest_at
        age = int((now - oldest).total_seconds()) if oldest else 0
        found.append(
            Tile("Not processed yet", f"{stuck.intake_waiting:,}",
                 f"the oldest has waited {say_seconds(age)}", "danger" if age > 60 else "warning",
                 f"{intake}?state__exact=RECEIVED")
        )  # fmt: skip
    if stuck.leads_waiting:
        found.append(
            Tile("Not routed yet", f"{stuck.leads_waiting:,}", "leads between intake and rules",
                 "warning", f"{leads}?place__exact={Place.WAITING}")
        )  # fmt: skip
    return found


def _list_parts(overview: Overview, now: datetime) -> list[Tile]:
    """The running parts; one that never showed a sign of life is named too."""
    tiles = []
    for name, label in (("worker", "Workers"), ("sweeper", "Sweeper")):
        beat = overview.heartbeats.get(name)
        if beat is None:
            tiles.append(Tile(label, "never seen", "is it running?", "danger"))
            continue
        age = max(now - beat, timedelta())
        is_late = age > LATE_AFTER
        said = f"{say_seconds(int(age.total_seconds()))} ago"
        tiles.append(
            Tile(label, said, "late" if is_late else "alive", "danger" if is_late else "good")
        )
    return tiles


def say_seconds(seconds: int | None) -> str:
    """“0.8 min” helps nobody: “48 s”, “12 min”, “3 h 05 min”, “2 d”."""
    if seconds is None:
        return "–"
    if seconds < 100:
        return f"{seconds} s"
    if seconds < 100 * 60:
        return f"{round(seconds / 60)} min"
    if seconds < 48 * 3600:
        hours, rest = divmod(seconds, 3600)
        return f"{hours} h {rest // 60:02d} min"
    return f"{seconds // 86400} d"
