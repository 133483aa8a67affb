"""Under which keys a person is filed, so that one lead meets the few it may be, not a million.

A pair that shares no key is never compared, so each common kind of dirt must leave one key whole:

- PHONE: the number without its extension;
- LOCAL: the local part of the address without dots and plus tags (another domain), unless it is the
  name over again;
- WORK: the sound of one name word and the company (a typo in the other word, swapped names, another
  address);
- HOME: the sound of one name word and the postal code (a changed job, no company);
- TOWN: the sound of the family name and the town, where the postal code is missing or mistyped;
- NAME: the sounds of both words in one order (everything else changed).

A key is 64 bits of a hash: small in the index, and no personal data lies in the table. A collision
costs one comparison. Source: blocking and its trade-off, Christen, Data Matching (2012), chapter 4;
phonetic encodings, ibid. chapter 4.3 (Soundex for one word beside a place, Metaphone for the whole
name, where more must be told apart).
"""

import re
from functools import lru_cache
from hashlib import blake2b

import jellyfish

from leads.domain.emails import is_role_mailbox
from leads.domain.nicknames import canonical_given_name
from leads.domain.person import Person
from leads.domain.text import fold

_LEAST_LOCAL = 5
_LEAST_WORD = 3
_LONGEST_WORD = 40
_NOT_LETTERS = re.compile(r"[^a-z]")


def blocking_keys(person: Person) -> tuple[int, ...]:
    """The keys of a person, distinct; empty when hardly anything is known."""
    given = [_given_sound(person.given[0])] if person.given else []
    family = [sound_of(person.family[-1])] if person.family else []
    words = {*given, *family} - {""}
    found = set()
    if person.phone:
        found.add(f"PHONE:{person.phone}")
    if local := _telling_local_part(person):
        found.add(f"LOCAL:{local}")
    company, other_company = company_words(person)
    if company:
        found |= {f"WORK:{word}:{company}" for word in words}
    if other_company:
        found |= {f"WORK:{word}:{other_company}" for word in family}
    if person.postal_code:
        place = f"{person.country}:{fold(person.postal_code)}"
        found |= {f"HOME:{word}:{place}" for word in words}
    if person.city and family:
        found.add(f"TOWN:{family[0]}:{fold(person.city)}")
    if name := name_key(person):
        found.add(name)
    return tuple(sorted(map(hash_key, found)))


def company_words(person: Person) -> tuple[str, str]:
    """The company as one word, by its domain or its name, and the other of the two if it differs.

    So "Pham Energy" without a site and phamenergy.com without a name meet.
    """
    label = person.company_domain.partition(".")[0].replace("-", "")
    name = person.company.replace(" ", "")
    return label or name, name if label and name != label else ""


def name_key(person: Person) -> str:
    """The NAME key in words; empty unless both names are known."""
    if not person.given or not person.family:
        return ""
    first = canonical_given_name(person.given[0])
    sounds = sorted((_finer_sound(first), _finer_sound(person.family[-1])))
    return f"NAME:{':'.join(sounds)}"


def lock_names(person: Person) -> tuple[str, ...]:
    """Words that two deliveries of one person share when only their likeness can tell.

    Whoever holds them alone knows that nobody else is just now storing the same person.
    """
    name = name_key(person)
    if not name:
        return ()
    company, _ = company_words(person)
    places = (
        company and f"{name}:{company}",
        person.postal_code and f"{name}:{person.postal_code}",
    )
    return tuple(place for place in places if place)


def compact_local_part(email_key: str) -> str:
    """The part before the @ without what people vary; empty for shared mailboxes and short ones."""
    local = email_key.rpartition("@")[0].partition("+")[0]
    letters = _NOT_LETTERS.sub("", local)
    if len(letters) < _LEAST_LOCAL or is_role_mailbox(email_key):
        return ""
    return letters


def _telling_local_part(person: Person) -> str:
    """What the mailbox says beyond the name: johnsmith has a thousand owners, johnsmith32 few."""
    letters = compact_local_part(person.email)
    if not letters or not any(
        word in letters for word in person.family if len(word) >= _LEAST_WORD
    ):
        return letters
    digits = "".join(filter(str.isdigit, person.email.partition("@")[0].partition("+")[0]))
    return letters + digits if digits else ""


def hash_key(words: str) -> int:
    """64 bits as the signed integer that databases store."""
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest(), "big", signed=True)


@lru_cache(maxsize=16384)
def sound_of(word: str) -> str:
    """A coarse sound of one folded word (Soundex); words of other scripts stand for themselves."""
    word = word[:_LONGEST_WORD]
    return jellyfish.soundex(word) if word.isascii() and word.isalpha() else word


@lru_cache(maxsize=16384)
def _given_sound(word: str) -> str:
    return sound_of(canonical_given_name(word))


@lru_cache(maxsize=16384)
def _finer_sound(word: str) -> str:
    word = word[:_LONGEST_WORD]
    sound = jellyfish.metaphone(word) if word.isascii() and word.isalpha() else ""
    return sound or word
