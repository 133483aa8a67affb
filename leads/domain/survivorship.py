"""Which value a lead keeps when the same person comes again.

Nothing known is ever replaced by nothing; the values as received stay with each interaction.

- Who the person is and where they first came from (name, language, campaign, external id): known
  values stay, blanks are filled. A name is one unit, so that no two people mix.
- How to reach them: a usable address replaces an unusable one. A second usable e-mail does not
  replace the first (it becomes another identity key); a newer usable phone does.
- What changes with time (job title, company, web site, industry, head count, message, consent):
  the newer value wins, company name and key together.
- Where they are: blanks are filled while the known parts agree. A contradicting place changes
  nothing, because it would move the lead to another territory; a person confirms a move.
- Products of interest add up, oldest first.

A late delivery (an event older than what is known) fills blanks and overrules nothing.
"""

from collections.abc import Mapping

from leads.domain.draft import Draft
from leads.domain.text import fold

Value = str | int | None | tuple[str, ...]

_FILL_ONLY = ("language", "campaign", "external_id")
_NEWER_WINS = (
    "job_title", "company_domain", "website", "industry", "employees", "message", "consent",
)  # fmt: skip
_NAME = ("full_name", "first_name", "last_name")
_EMAIL = ("email_domain", "email", "email_key", "is_free_mail", "is_disposable")
_PHONE = ("phone_e164", "phone", "phone_country", "phone_extension")
_COMPANY = ("company_name", "company_key")
_PLACE = ("country", "subdivision", "city", "postal_code", "street")


def merge_fields(
    existing: Mapping[str, Value], draft: Draft, *, is_newer: bool = True
) -> dict[str, Value]:
    """The fields of `existing` to change, by the names of `Draft`; those it lacks are left alone.

    `is_newer`: the draft happened after what is known (false for a delivery out of order).
    """
    wanted = {
        **_new_values(existing, draft, _FILL_ONLY, overrules=False),
        **_new_values(existing, draft, _NEWER_WINS, overrules=is_newer),
        **_new_unit(existing, draft, _NAME, overrules=False),
        **_new_unit(existing, draft, _EMAIL, overrules=False),
        **_new_unit(existing, draft, _PHONE, overrules=is_newer),
        **_new_unit(existing, draft, _COMPANY, overrules=is_newer),
        **_new_place(existing, draft),
        **_new_products(existing, draft),
    }
    return {
        name: value
        for name, value in wanted.items()
        if name in existing and existing[name] != value
    }


def _is_known(value: Value) -> bool:
    return value is not None and value not in ("", ())


def _new_values(
    existing: Mapping[str, Value], draft: Draft, names: tuple[str, ...], *, overrules: bool
) -> dict[str, Value]:
    return {
        name: value
        for name in names
        if _is_known(value := getattr(draft, name))
        and (overrules or not _is_known(existing.get(name)))
    }


def _new_unit(
    existing: Mapping[str, Value], draft: Draft, names: tuple[str, ...], *, overrules: bool
) -> dict[str, Value]:
    """All of `names` together when the first of them, which decides, is to change."""
    deciding = names[0]
    if _new_values(existing, draft, names[:1], overrules=overrules):
        return {name: getattr(draft, name) for name in names}
    if _is_known(existing.get(deciding)):
        return {}
    # Neither side is usable: the raw text of an unreadable address is still better than nothing.
    return _new_values(existing, draft, names[1:], overrules=overrules)


def _new_place(existing: Mapping[str, Value], draft: Draft) -> dict[str, Value]:
    for name in _PLACE:
        known, new = existing.get(name), getattr(draft, name)
        if _is_known(known) and new and fold(str(known)) != fold(new):
            return {}
    return _new_values(existing, draft, _PLACE, overrules=False)


def _new_products(existing: Mapping[str, Value], draft: Draft) -> dict[str, Value]:
    known = existing.get("products")
    names = tuple(known) if isinstance(known, (tuple, list)) else ()
    folded = {name.casefold() for name in names}
    added = tuple(name for name in draft.products if name.casefold() not in folded)
    return {"products": names + added} if added else {}
