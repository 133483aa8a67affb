"""What reps and managers may be told when a lead is not theirs to take or change."""

from leadrouter.common.errors import DomainError, NotAllowed


class AlreadyTaken(DomainError):  # noqa: N818 -- named as the user would say it
    """Somebody else was faster; `detail["winner"]` names them."""

    code = "already_taken"


class NotOffered(DomainError):  # noqa: N818
    """The lead is in no holding queue (any more)."""

    code = "not_offered"


class NotEntitled(NotAllowed):
    """The rep may not claim from this queue."""

    code = "not_entitled"


class CapReached(DomainError):  # noqa: N818
    """The rep holds as many leads as they may."""

    code = "cap_reached"


class NotYours(DomainError):  # noqa: N818
    """The lead is not, or no longer, with this rep."""

    code = "not_yours"


class PublishConflict(DomainError):  # noqa: N818
    """Somebody published, or changed the draft, after the person had looked at it."""

    code = "publish_conflict"


class PlanRefused(DomainError):  # noqa: N818
    """The version cannot be published; `detail["problems"]` lists why."""

    code = "plan_refused"
    http_status = 400
