"""Reading one phone cell: E.164 when the number is possible, and what is doubtful about it."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, ValidationResult

from leads.domain.notes import Notes
from leads.domain.text import sanitise_text, shown

PHONE_LIMIT = 60

_FLOAT_TAIL = re.compile(r"^(\+?\d{6,15})\.0+$")
_ROUNDED = re.compile(r"^\d([.,]\d+)?E\+?\d+$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[;|\n]|,(?=\s*[+(\d])|\s/\s|\s+(?:or|und|and|oder|ou)\s+")
_DIGIT = re.compile(r"\d")
_TWO_NUMBERS_DIGITS = 7
_LEAST_INTERNATIONAL_DIGITS = 11
# Typed to get past a required field; they would make strangers one person.
_PLACEHOLDER_DIGITS = frozenset({"1234567", "12345678", "123456789", "1234567890", "0123456789"})
_REASONS = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "the area code is missing.",
    ValidationResult.INVALID_COUNTRY_CODE: "the country calling code does not exist.",
    ValidationResult.TOO_SHORT: "it has too few digits.",
    ValidationResult.TOO_LONG: "it has too many digits.",
    ValidationResult.INVALID_LENGTH: "no number there has this many digits.",
}


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """`e164` is empty when the number cannot be dialled; `fault` then says why.

    `country` is ISO alpha-2 and empty when a shared calling code (+1) leaves it open.
    """

    shown: str = ""
    e164: str = ""
    country: str = ""
    extension: str = ""
    fault: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Attempt:
    number: PhoneNumber
    region: str
    is_valid: bool


def read_phone(raw: str, region: str, notes: Notes) -> PhoneReading:
    """The first number in the cell, read as dialled in `region` (ISO alpha-2 or empty).

    A number counts when it is possible (right length), not only when its range is in service:
    numbering plans change faster than libraries, and 555-01xx must work in trials.
    """
    text = sanitise_text(raw, limit=PHONE_LIMIT)
    if not text:
        return PhoneReading()
    numbers = [part for part in _SEPARATORS.split(text) if _has_number(part)]
    if len(numbers) > 1:
        notes.warn(
            "phone",
            "phone_second",
            f"Phone “{shown(text)}” holds more than one number; the first was read.",
        )
    reading = _parse(numbers[0] if numbers else text, region)
    if reading.fault:
        return PhoneReading(
            shown=text, fault=f"Phone “{shown(text)}” is not a number: {reading.fault}"
        )
    notes.change("phone", "international_form", text, reading.e164)
    if reading.doubt:
        notes.warn("phone", "phone_unassigned", f"Phone “{shown(text)}” {reading.doubt}")
    return PhoneReading(text, reading.e164, reading.country, reading.extension)


def international_country(raw: str) -> str:
    """The country a number names by itself ("+49 …" gives DE), empty when it names none."""
    text = sanitise_text(raw, limit=PHONE_LIMIT)
    return _parse(text, "").country if text[:1] in "+＋" else ""


def load_metadata() -> None:
    """Read every region's numbering plan now (87 ms, 1.5 MB when measured) instead of per lead."""
    for region in phonenumbers.SUPPORTED_REGIONS:
        phonenumbers.PhoneMetadata.metadata_for_region(region)


def _has_number(part: str) -> bool:
    return len(_DIGIT.findall(part)) >= _TWO_NUMBERS_DIGITS


@lru_cache(maxsize=2048)
def _parse(text: str, region: str) -> PhoneReading:
    if _ROUNDED.match(text):
        return PhoneReading(fault="a spreadsheet rounded it and the last digits are lost.")
    text = _FLOAT_TAIL.sub(r"\1", text.strip("'` "))
    attempts = _attempts(text, region)
    if not attempts:
        return PhoneReading(fault=_unparsed(text, region))
    best = next((a for a in attempts if a.is_valid), None)
    best = best or next((a for a in attempts if _is_dialable(a.number)), attempts[0])
    if fault := _fault_of(best.number):
        return PhoneReading(fault=fault)
    return PhoneReading(
        e164=phonenumbers.format_number(best.number, phonenumbers.PhoneNumberFormat.E164),
        country=_country_of(best, region),
        extension=best.number.extension or "",
        doubt="" if best.is_valid else "is possible but in no known range.",
    )


def _attempts(text: str, region: str) -> list[_Attempt]:
    """As written; then with 00 or a bare country code read as +, which some exports lose."""
    attempts = _attempt(text, region)
    if text[:1] in "+＋" or (attempts and attempts[0].is_valid):
        return attempts
    digits = "".join(_DIGIT.findall(text))
    if digits.startswith("00"):
        attempts += _attempt("+" + text.lstrip("(").removeprefix("00"), "")
    elif len(digits) >= _LEAST_INTERNATIONAL_DIGITS and not digits.startswith("0"):
        attempts += [bare for bare in _attempt("+" + text.lstrip("("), "") if bare.is_valid]
    return attempts


def _attempt(text: str, region: str) -> list[_Attempt]:
    """One or no reading. Asking for the region once spares the costliest part of validation."""
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return []
    found = phonenumbers.region_code_for_number(number) or ""
    is_valid = bool(found) and phonenumbers.is_valid_number_for_region(number, found)
    return [_Attempt(number, found if is_valid else "", is_valid)]


def _unparsed(text: str, region: str) -> str:
    if not region and text[:1] != "+" and _has_number(text):
        return "it has no country code and the country is unknown."
    return "it does not look like one."


def _is_dialable(number: PhoneNumber) -> bool:
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _fault_of(number: PhoneNumber) -> str:
    national = str(number.national_number)
    if len(set(national)) == 1 or national in _PLACEHOLDER_DIGITS:
        return "it is a placeholder."
    reason = phonenumbers.is_possible_number_with_reason(number)
    return _REASONS.get(reason, "")


def _country_of(attempt: _Attempt, region: str) -> str:
    """Valid numbers know their country; else the one of the calling code, else `region`."""
    if attempt.region:
        return attempt.region if attempt.region.isalpha() else ""  # 001: no country's number
    regions = phonenumbers.region_codes_for_country_code(attempt.number.country_code or 0)
    if len(regions) == 1 and regions[0].isalpha():
        return str(regions[0])
    return region if region in regions else ""
