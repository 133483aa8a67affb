"""Template tags of the portal's pages."""

from datetime import datetime
from functools import lru_cache

from babel import Locale
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """A decorative icon of vendor/bootstrap-icons/icons.svg; words beside it carry the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css_class,
        static("vendor/bootstrap-icons/icons.svg"),
        name,
    )


@register.filter
def duration(seconds: int) -> str:
    """The two largest units: “2 d 4 h”, “14 min 5 s”, “0 s”; countdown.js says it the same way."""
    rest = abs(int(seconds))
    parts: list[str] = []
    for length, unit in UNITS:
        if (parts or rest >= length) and len(parts) < 2:
            count, rest = divmod(rest, length)
            parts.append(f"{count} {unit}")
    return " ".join(part for part in parts if not part.startswith("0 ")) or "0 s"


@register.simple_tag
def clock(due_at: datetime, now: datetime, promise: str) -> SafeString:
    """A running clock: “First touch due in 14 min 5 s”, kept up by countdown.js from `data-due`."""
    left = int((due_at - now).total_seconds())
    state = "overdue" if left <= 0 else "soon" if left < 300 else "ok"
    words = f"overdue by {duration(left)}" if left <= 0 else f"due in {duration(left)}"
    return format_html(
        '<time class="clock clock-{}" datetime="{}" data-due="{}">{}<span><span class="clock-for">'
        '{}</span> <span class="clock-words num">{}</span></span></time>',
        state,
        due_at.isoformat(),
        due_at.isoformat(),
        icon("stopwatch"),
        promise,
        words,
    )


@register.simple_tag
def since(at: datetime, now: datetime, word: str) -> SafeString:
    """A growing age: “waiting 3 min 10 s”, kept up by countdown.js from `data-since`."""
    return format_html(
        '<time class="num" datetime="{}" data-since="{}">{} <span class="since-words">{}</span></time>',
        at.isoformat(),
        at.isoformat(),
        word,
        duration(int((now - at).total_seconds())),
    )


@register.filter
def country_name(code: str) -> str:
    """“Germany” for “DE”; a code that is not known stays as it is."""
    return _countries().get(code, code)


@register.filter
def language_name(code: str) -> str:
    """“German” for “de”; a code that is not known stays as it is."""
    return Locale("en").languages.get(code.partition("-")[0].lower(), code)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    return dict(Locale("en").territories)


TIMELINE_ICONS = {
    "FORM": "journal-text",
    "API": "lightning-charge",
    "IMPORT": "file-earmark-spreadsheet",
    "MANUAL": "pencil",
    "CALL": "telephone",
    "EMAIL": "envelope",
    "MEETING": "calendar-event",
    "CHAT": "chat-left-text",
    "SMS": "chat-left-text",
    "VISIT": "eye",
    "NOTE": "sticky",
    "STATUS": "flag",
    "DECISION": "signpost-split",
    "ENDED": "arrow-return-left",
}


@register.simple_tag
def timeline_icon(kind: str) -> SafeString:
    """The icon of a timeline entry's kind."""
    return icon(TIMELINE_ICONS.get(kind, "info-circle"))


RULE_RESULTS = {
    "MATCHED": "matched",
    "FAILED": "did not match",
    "OUT_OF_DATES": "not in force",
    "NOT_REACHED": "not reached",
}


@register.filter
def rule_result(result: str) -> str:
    """What became of a rule, in words."""
    return RULE_RESULTS.get(str(result), str(result))
