"""What was found about a pair, as sentences for the person who decides."""

from leads.domain.person import Person
from leads.domain.similarity import Finding, Likeness

# {one} and {other} are the values; a level that says nothing has no sentence.
_SENTENCES: dict[tuple[str, str], str] = {
    ("name", "same"): "The names are the same: {one}.",
    ("name", "nickname"): "{one} and {other} are forms of one name.",
    ("name", "swapped"): "{one} and {other} are one name, first and last name swapped.",
    ("name", "initial"): "{one} fits {other}: the same family name and initial.",
    ("name", "single"): "One gave a single name that fits: {one}, {other}.",
    ("name", "part"): "{one} is part of {other}, as with double names.",
    ("name", "typo_family"): "The family names differ by a slip: {one}, {other}.",
    ("name", "typo_given"): "The given names differ by a slip: {one}, {other}.",
    ("name", "typo_both"): "Both names differ a little: {one}, {other}.",
    ("name", "given_only"): "Only the given name agrees: {one}, {other}.",
    ("name", "family_only"): "Only the family name agrees: {one}, {other}. They may be relatives.",
    ("name", "different"): "The names differ: {one}, {other}.",
    ("email", "same"): "The e-mail addresses are the same: {one}.",
    (
        "email",
        "domain_typo",
    ): "The e-mail addresses differ by a slip in the domain: {one}, {other}.",
    ("email", "local_typo"): "The e-mail addresses differ by a slip: {one}, {other}.",
    ("email", "same_local"): "The same mailbox name at two providers: {one}, {other}.",
    ("email", "same_local_of_name"): (
        "The same mailbox name at two providers, made of the name: {one}, {other}."
    ),
    ("email", "other_domain"): "The e-mail addresses differ: {one}, {other}. People have two.",
    ("email", "lookalike"): "One e-mail address may imitate another: {one}, {other}.",
    ("email", "other_person"): "Two mailboxes of one domain: {one}, {other}.",
    ("phone", "same"): "The phone numbers are the same: {one}.",
    ("phone", "typo"): "The phone numbers differ by one digit: {one}, {other}.",
    ("phone", "other_extension"): "One switchboard, two extensions: {one}, {other}.",
    ("phone", "same_switchboard"): "The phone numbers share a switchboard: {one}, {other}.",
    ("phone", "different"): "The phone numbers differ: {one}, {other}.",
    ("company", "same_domain"): "The company is the same by its domain: {one}.",
    ("company", "same_name"): "The company is the same: {one}.",
    ("company", "similar_name"): "The companies are named alike: {one}, {other}.",
    ("company", "different"): "The companies differ: {one}, {other}. People change jobs.",
    ("place", "same_street"): "They live or work in one street: {one}.",
    ("place", "same_postal_code"): "The postal code is the same: {one}.",
    ("place", "same_city"): "The town is the same: {one}.",
    ("place", "same_office"): "The place is the same, as the company is: {one}.",
    ("place", "postal_typo"): "The postal codes differ by one digit: {one}, {other}.",
    ("place", "same_country"): "The country is the same: {one}.",
    ("place", "other_city"): "The towns differ: {one}, {other}.",
    ("place", "other_country"): "The countries differ: {one}, {other}.",
    ("job_title", "same"): "The job title is the same: {one}.",
    ("job_title", "similar"): "The job titles are alike: {one}, {other}.",
    ("job_title", "different"): "The job titles differ: {one}, {other}.",
}
FIELD_NAMES = {
    "name": "Name", "email": "E-mail", "phone": "Phone", "company": "Company", "place": "Place",
    "job_title": "Job title",
}  # fmt: skip
Evidence = dict[str, str | float]


def explain(likeness: Likeness, one: Person, other: Person) -> list[Evidence]:
    """{"field", "sentence", "weight"} of each finding that says something, heaviest first."""
    heaviest = sorted(likeness.findings, key=lambda finding: -abs(finding.weight))
    return [
        {"field": each.field, "sentence": sentence, "weight": each.weight}
        for each in heaviest
        if (sentence := sentence_for(each, one, other))
    ]


def sentence_for(finding: Finding, one: Person, other: Person) -> str:
    """The finding in words, empty where it says nothing."""
    words = _SENTENCES.get((finding.field, finding.level), "")
    show = _SHOW[finding.field]
    return words.replace("{one}", show(one)).replace("{other}", show(other)) if words else ""


def _show_phone(person: Person) -> str:
    return f"{person.phone} ext. {person.extension}" if person.extension else person.phone


def _show_place(person: Person) -> str:
    town = " ".join(part for part in (person.postal_code, person.city) if part)
    return ", ".join(part for part in (person.street, town, person.country) if part)


def _show_name(person: Person) -> str:
    return person.shown_name or " ".join(person.given + person.family)


def _show_email(person: Person) -> str:
    return person.email


def _show_company(person: Person) -> str:
    return person.shown_company or person.company or person.company_domain


def _show_title(person: Person) -> str:
    return person.job_title


_SHOW = {
    "name": _show_name,
    "email": _show_email,
    "phone": _show_phone,
    "company": _show_company,
    "place": _show_place,
    "job_title": _show_title,
}
