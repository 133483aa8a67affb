"""Takes away what a mail quotes below, so that the timeline shows what was written now.

Line by line: the published package for this searches the whole text with nested patterns, and twenty
thousand line breaks kept it busy for more than a minute.
"""

import re

_LIMIT = 100_000
_WROTE_LINES = 4
_LONGEST_HEADING = 400
# “On Mon, 5 Jan 2026 at 09:30, Ada <ada@example.com> wrote:” in the usual languages of mail programs.
_OPENERS = ("on ", "am ", "le ", "el ", "il ", "op ", "em ", "den ", "dne ", "w dniu", "в ")
_WROTE = re.compile(
    r"(?:wrote|schrieb(?: [^:]{0,200})?|a écrit|escribió|ha scritto|schreef(?: [^:]{0,200})?|escreveu"
    r"|skrev(?: [^:]{0,200})?|napsal(?:\(a\))?|napisał(?:\(a\))?|пишет)\s?:$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"[-_*\s]{2,40}(?:original message|originalnachricht|ursprüngliche nachricht|message d'origine"
    r"|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original"
    r"|forwarded message|weitergeleitete nachricht)[-_*\s]{2,40}",
    re.IGNORECASE,
)
_FROM = re.compile(r"\*?(?:from|von|de|da|van|od|från|fra)\s?:\*?\s", re.IGNORECASE)
_NEXT = re.compile(
    r"\*?(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto|inviato"
    r"|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne)\s?:\*?\s",
    re.IGNORECASE,
)
_RULE = re.compile(r"_{20,}|-{20,}")


def strip_quotes(text: str) -> str:
    """The text without the mail that it answers, which stands below it.

    Answers written between quoted lines are kept with those lines. A heading at the very top is none:
    then everything was passed on.
    """
    lines = text[:_LIMIT].splitlines()
    heads = (n for n, line in enumerate(lines) if n and _begins(lines, n, line.strip()))
    lines = lines[: next(heads, len(lines))]
    while lines and (not lines[-1].strip() or lines[-1].startswith(">")):
        lines.pop()
    return "\n".join(_without_signature(lines)).strip()


def _begins(lines: list[str], number: int, line: str) -> bool:
    """Whether the heading of a quotation begins here, at the end of which only quotation stands."""
    if not line or len(line) > _LONGEST_HEADING:
        return False
    if _ORIGINAL.fullmatch(line):
        return True
    following = _following(lines, number)
    if _RULE.fullmatch(line):
        return bool(_FROM.match(following))
    if _FROM.match(line) and _NEXT.match(following):
        return True
    if line.lower().startswith(_OPENERS) or "@" in line:
        return _says_wrote(lines, number)
    return False


def _says_wrote(lines: list[str], number: int) -> bool:
    """Within a few lines, for mail programs break the heading of a quotation as any line."""
    joined = ""
    for line in lines[number : number + _WROTE_LINES]:
        joined = f"{joined} {line.strip()}".strip()
        if not line.strip() or len(joined) > _LONGEST_HEADING:
            return False
        if joined.endswith(":"):
            return bool(_WROTE.search(joined))
    return False


def _following(lines: list[str], number: int) -> str:
    return next((line.strip() for line in lines[number + 1 : number + 4] if line.strip()), "")


def _without_signature(lines: list[str]) -> list[str]:
    """Without what stands below the line “-- ”, which marks a signature. Source: RFC 3676 §4.3."""
    for number, line in enumerate(lines):
        if line in ("-- ", "--") and any(one.strip() for one in lines[:number]):
            return lines[:number]
    return lines
