"""The words of an HTML text. HTML of strangers is never shown, only what a reader would have read."""

import re
from html.parser import HTMLParser

_SOURCE_LIMIT = 400_000
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BREAKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
     "blockquote", "section", "article", "pre"}
)  # fmt: skip
_QUOTE = "blockquote"
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
_LINES = re.compile(r"\n{3,}")


def html_to_text(source: str) -> str:
    """Plain text; lines within a quotation begin with "> "."""
    reader = _Reader()
    reader.feed(source[:_SOURCE_LIMIT])
    reader.close()
    return _LINES.sub("\n\n", "\n".join(reader.list_lines())).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._lines: list[str] = []
        self._silent = 0
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _BREAKS:
            self._end_line()
        if tag == _QUOTE:
            self._quotes += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag in _BREAKS:
            self._end_line()
        if tag == _QUOTE and self._quotes:
            self._quotes -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(data.replace("\n", " "))

    def list_lines(self) -> list[str]:
        self._end_line()
        return self._lines

    def _end_line(self) -> None:
        text = _BLANKS.sub(" ", "".join(self._parts)).strip()
        self._parts = []
        quoted = "> " * min(self._quotes, 3)
        if text or (self._lines and self._lines[-1]):
            self._lines.append(f"{quoted}{text}" if text else "")
