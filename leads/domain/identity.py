"""Who is the same person.

The rule: two leads are one person when their normalised e-mail addresses are equal, or when their
E.164 phone numbers (with extension, if any) are equal and nothing speaks against it.

- A shared mailbox (info@, sales@) identifies by e-mail like any other: whoever reads it answers.
- Plus tags and dots in local parts are kept: only the mail server knows whether they matter.
- A phone number may be a switchboard or a household's. With different names it does not merge,
  unless the e-mail addresses agree. The same name with another e-mail does: people have two.
- An address with letters of several scripts may imitate another one: its person is never the one
  that has another address, whatever number and name are given.
- Where either name is unknown, two different personal addresses speak against it as well.
"""

from leads.domain.draft import Draft
from leads.domain.emails import is_role_mailbox, may_imitate
from leads.domain.nicknames import given_names_agree
from leads.domain.text import fold

EMAIL = "EMAIL"
PHONE = "PHONE"


def identity_keys(draft: Draft) -> tuple[tuple[str, str], ...]:
    """(kind, value) pairs that name the person, strongest first; empty if nobody can be named."""
    return keys_for(
        email_key=draft.email_key,
        phone_e164=draft.phone_e164,
        phone_extension=draft.phone_extension,
    )


def keys_for(
    *, email_key: str, phone_e164: str, phone_extension: str = ""
) -> tuple[tuple[str, str], ...]:
    """As `identity_keys`. An extension is written as in RFC 3966: "+4930123456;ext=12"."""
    email = ((EMAIL, email_key),) if email_key else ()
    number = f"{phone_e164};ext={phone_extension}" if phone_extension else phone_e164
    return email + (((PHONE, number),) if phone_e164 else ())


def is_same_person(draft: Draft, existing_name: str, existing_email_key: str) -> bool:
    """Whether a lead found by phone alone is the draft's person (rule above)."""
    if draft.email_key and draft.email_key == existing_email_key:
        return True
    if draft.email_key and existing_email_key and _imitates(draft.email_key, existing_email_key):
        return False
    if draft.full_name and existing_name:
        return names_agree(draft.full_name, existing_name)
    return not (_is_personal(draft.email_key) and _is_personal(existing_email_key))


def names_agree(one: str, other: str) -> bool:
    """Whether two names may be the same person's: order, initials and short forms are forgiven.

    "A. Lovelace", "Lovelace Ada" and "Ada King Lovelace" agree with "Ada Lovelace"; a relative
    with the same family name does not.
    """
    first, second = fold(one).split(), fold(other).split()
    if not first or not second or set(first) <= set(second) or set(second) <= set(first):
        return True
    return first[-1] == second[-1] and given_names_agree(first[0], second[0])


def _imitates(one: str, other: str) -> bool:
    return may_imitate(one) or may_imitate(other)


def _is_personal(email_key: str) -> bool:
    return bool(email_key) and not is_role_mailbox(email_key)
