"""What was decided about a lead, why, and who held it when. Rows are added, never rewritten."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Outcome(models.TextChoices):
    ASSIGNED = "ASSIGNED", "Assigned to a rep"
    QUEUED = "QUEUED", "Offered in a holding queue"
    NURTURED = "NURTURED", "Sent to nurturing"
    REJECTED = "REJECTED", "Rejected"
    PARKED = "PARKED", "Parked"


class DecisionKind(models.TextChoices):
    RULES = "RULES", "By the rules"
    CLAIM = "CLAIM", "Claimed by a rep"
    MANUAL = "MANUAL", "By a manager"


class Decision(models.Model):
    """One decision about one lead; `facts` and `trace` replay and explain it."""

    lead = models.ForeignKey("leads.Lead", on_delete=models.PROTECT, related_name="decisions")
    epoch = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=DecisionKind.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    version = models.ForeignKey(
        "routing.RuleSetVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rule = models.ForeignKey(
        "routing.RoutingRule", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rep = models.ForeignKey(
        "reps.Rep", on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    pool = models.ForeignKey(
        "routing.Pool", on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    holding_queue = models.ForeignKey(
        "routing.HoldingQueue", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict)
    trace = models.JSONField(default=dict)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "epoch"], name="one_decision_per_lead_and_epoch"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.ASSIGNED) | Q(rep__isnull=False),
                name="assigned_decision_names_the_rep",
            ),
        ]
        indexes = [
            models.Index(fields=["decided_at"], name="decision_by_time"),
            models.Index(fields=["rule", "-id"], name="decision_by_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.get_kind_display()})"


class EndReason(models.TextChoices):
    DECLINED = "DECLINED", "Declined by the rep"
    REASSIGNED = "REASSIGNED", "Given to somebody else"
    RELEASED = "RELEASED", "Put back into a queue"
    WON = "WON", "Won"
    LOST = "LOST", "Lost"
    CLOSED = "CLOSED", "Closed"
    MERGED = "MERGED", "Merged into another lead"


class ReturnReason(models.TextChoices):
    SPAM = "SPAM", "Spam or a test"
    DUPLICATE = "DUPLICATE", "A duplicate"
    WRONG = "WRONG", "Not for this rep"
    UNDONE = "UNDONE", "Its import was undone"


class Assignment(models.Model):
    """The ledger of ownership: who held a lead from when to when. At most one row of a lead is open."""

    lead = models.ForeignKey("leads.Lead", on_delete=models.PROTECT, related_name="assignments")
    rep = models.ForeignKey("reps.Rep", on_delete=models.PROTECT, related_name="assignments")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="assignment")
    pool = models.ForeignKey(
        "routing.Pool", on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    started_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    first_touched_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)
    end_note = models.CharField(max_length=500, blank=True)
    returned_at = models.DateTimeField(
        null=True, blank=True, help_text="When a manager gave the turn back."
    )
    return_reason = models.CharField(max_length=10, choices=ReturnReason.choices, blank=True)
    load_after = models.PositiveIntegerField(help_text="Open leads of the rep, this one included.")
    capacity = models.PositiveIntegerField(
        null=True, blank=True, help_text="The cap at that moment."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(ended_at__isnull=True),
                name="one_open_assignment_per_lead",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="assignment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=(Q(ended_at__isnull=True) & Q(end_reason=""))
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="assignment_ends_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, return_reason="")
                | (Q(returned_at__isnull=False) & ~Q(return_reason="")),
                name="assignment_returned_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["rep", "id"], name="assignment_open", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["rep", "started_at"], name="assignment_by_rep_and_time"),
            models.Index(fields=["rep", "ended_at"], name="assignment_ended_by_rep"),
            models.Index(fields=["started_at"], name="assignment_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.rep_id}"
