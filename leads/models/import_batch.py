"""Files of leads that marketing uploads, and what became of each row."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class BatchState(models.TextChoices):
    UPLOADED = "UPLOADED", "Waiting for its columns to be mapped"
    RUNNING = "RUNNING", "Running"
    DONE = "DONE", "Done"
    FAILED = "FAILED", "Failed"
    CANCELLED = "CANCELLED", "Cancelled"
    UNDOING = "UNDOING", "Being undone"
    UNDONE = "UNDONE", "Undone"


class ImportBatch(models.Model):
    """One uploaded file. `mapping` is {"<column index>": "<field>"}; rows are read from `file`."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey("leads.Endpoint", on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(max_length=255)
    file_hash = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    encoding = models.CharField(max_length=40, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    sheet_name = models.CharField(max_length=100, blank=True, help_text="Only of workbooks.")
    warnings = models.JSONField(default=list, blank=True, help_text="Doubts about the reading.")
    headers = models.JSONField(default=list)
    header_fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    mapping = models.JSONField(default=dict)
    default_country = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.UPLOADED)
    total_rows = models.PositiveIntegerField(default=0)
    read_rows = models.PositiveIntegerField(default=0, help_text="Rows read and decided so far.")
    accepted_rows = models.PositiveIntegerField(default=0)
    duplicate_rows = models.PositiveIntegerField(default=0)
    bad_rows = models.PositiveIntegerField(default=0)
    undone_rows = models.PositiveIntegerField(
        default=0, help_text="Of an import that is undone: deliveries taken back so far."
    )
    kept_leads = models.PositiveIntegerField(
        default=0, help_text="Of an import that is undone: people who were kept."
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "import batches"
        constraints = [
            models.CheckConstraint(
                condition=Q(read_rows=F("accepted_rows") + F("duplicate_rows") + F("bad_rows")),
                name="import_batch_rows_add_up",
            )
        ]
        indexes = [
            models.Index(fields=["id"], name="import_batch_running", condition=Q(state="RUNNING"))
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportFile(models.Model):
    """The uploaded bytes and a look at them, apart from the batch so that lists never load them.

    Gone when the import is done: every row is kept by then.
    """

    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()
    sheet_names = models.JSONField(default=list, blank=True)
    sample = models.JSONField(
        default=list, blank=True, help_text="First rows as [number, [cells], damage]."
    )

    def __str__(self) -> str:
        return f"File of batch {self.batch_id}"


class ImportRow(models.Model):
    """One row of a file and its fate."""

    class State(models.TextChoices):
        ACCEPTED = "ACCEPTED", "Accepted"
        DUPLICATE = "DUPLICATE", "Seen before"
        BAD = "BAD", "Needs fixing"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField(help_text="As shown by a spreadsheet program.")
    values = models.JSONField(default=list, help_text="The cells as read.")
    state = models.CharField(max_length=10, choices=State.choices)
    problems = models.JSONField(default=list, blank=True)
    intake_item = models.ForeignKey(
        "leads.IntakeItem",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="import_rows",
    )

    class Meta:
        ordering = ["batch", "row_number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "row_number"], name="import_row_once")
        ]
        indexes = [
            models.Index(fields=["batch", "state", "row_number"], name="import_row_by_state")
        ]

    def __str__(self) -> str:
        return f"Row {self.row_number}"
