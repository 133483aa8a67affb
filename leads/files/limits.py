"""What an uploaded file may be at most, and how it is refused beyond that."""

from __future__ import annotations

from leadrouter.common.errors import InvalidInput

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 500
"""More than any lead list has; a mapping page with 10,000 selects helps nobody."""
MAX_ROWS = 1_048_576
"""The limit of one Excel sheet, blank rows included; also bounds the time that opening takes."""
MAX_CELL_CHARS = 32_767
"""The limit of one Excel cell; longer text is cut and the row named in a warning."""


class FileRefused(InvalidInput):
    """The whole file cannot be read; `code` is stable, `message` one sentence for the uploader."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, fields={"file": message})
        self.code = code  # type: ignore[misc]  # one class, many codes: callers show, never branch
