"""The words of an HTML text. HTML of strangers is never shown, only what a reader would have read.

By hand and in one pass: the parser of the standard library looks at the rest of the text again for
each tag that is not closed, and 120 KB of those kept it busy for six minutes.
"""

import re
from collections.abc import Iterator
from html import unescape

_SOURCE_LIMIT = 400_000
_RAW = frozenset({"script", "style"})
_SILENT = frozenset({"head", "title", "template", "noscript"})
_BREAKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
     "blockquote", "section", "article", "pre"}
)  # fmt: skip
_QUOTE = "blockquote"
_COMMENT, _COMMENT_END = "<!--", "-->"
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
_LINES = re.compile(r"\n{3,}")
# A tag ends before the next one begins, and nothing is tried twice (“+” behind a repetition): so the
# time is that of the length. A quoted value may hold “>”; one whose quotation never ends may not.
_NAME = r"<(?P<close{0}>/?)(?P<name{0}>[a-zA-Z][a-zA-Z0-9:-]*+)"
_TAG = re.compile(
    _NAME.format(1)
    + r"""(?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+>|"""
    + _NAME.format(2)
    + r"[^<>]*+>|<[!?][^<>]*+>"
)


def html_to_text(source: str) -> str:
    """Plain text; lines within a quotation begin with "> "."""
    reader = _Reader()
    for is_tag, text in _read(source[:_SOURCE_LIMIT]):
        if is_tag:
            reader.take_tag(text)
        else:
            reader.take_words(text)
    return _LINES.sub("\n\n", "\n".join(reader.list_lines())).strip()


def _read(source: str) -> Iterator[tuple[bool, str]]:
    """(False, words) and (True, name of a tag, in lower case, behind / when it ends one)."""
    place = 0
    while place < len(source):
        start = source.find("<", place)
        if start < 0:
            yield False, source[place:]
            return
        yield False, source[place:start]
        if source.startswith(_COMMENT, start):
            place = _after(source, _COMMENT_END, start + len(_COMMENT))
            continue
        tag = _TAG.match(source, start)
        if tag is None:
            yield False, "<"
            place = start + 1
            continue
        place = tag.end()
        name = (tag["name1"] or tag["name2"] or "").lower()
        if name in _RAW and not (tag["close1"] or tag["close2"]):
            end = re.compile(f"</{name}", re.IGNORECASE).search(source, place)
            place = end.start() if end else len(source)
        elif name:
            yield True, f"{tag['close1'] or tag['close2'] or ''}{name}"


def _after(source: str, end: str, place: int) -> int:
    """Behind the next `end`; where there is none, the rest belongs to what it would have ended."""
    found = source.find(end, place)
    return len(source) if found < 0 else found + len(end)


class _Reader:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._lines: list[str] = []
        self._silent = 0
        self._quotes = 0

    def take_tag(self, tag: str) -> None:
        name, step = tag.removeprefix("/"), -1 if tag.startswith("/") else 1
        if name in _SILENT:
            self._silent = max(0, self._silent + step)
        if name in _BREAKS:
            self._end_line()
        if name == _QUOTE:
            self._quotes = max(0, self._quotes + step)

    def take_words(self, words: str) -> None:
        if not self._silent:
            self._parts.append(words)

    def list_lines(self) -> list[str]:
        self._end_line()
        return self._lines

    def _end_line(self) -> None:
        words = unescape("".join(self._parts)).replace("\n", " ")
        text = _BLANKS.sub(" ", words).strip()
        self._parts = []
        quoted = "> " * min(self._quotes, 3)
        if text or (self._lines and self._lines[-1]):
            self._lines.append(f"{quoted}{text}" if text else "")
