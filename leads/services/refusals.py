"""Why a step of an import is refused."""

from leadrouter.common.errors import DomainError


class AlreadyStarted(DomainError):  # noqa: N818 -- named as the user would say it
    """The file is past the step that somebody wants to take."""

    code = "already_started"


class NotEnded(DomainError):  # noqa: N818 -- named as the user would say it
    """An import that has not come to its end, or was undone, cannot be undone."""

    code = "not_ended"


class AlreadyFixed(DomainError):  # noqa: N818 -- named as the user would say it
    """Somebody else has corrected the row meanwhile."""

    code = "already_fixed"
