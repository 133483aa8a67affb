"""Receives uploads without ever storing more of one than may be imported."""

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from leads.files.limits import MAX_FILE_BYTES


class QuotaUploadHandler(FileUploadHandler):
    """Drops a file once it is too large; the rest of the request is read and thrown away.

    `request.META["UPLOAD_TOO_LARGE"]` then says so, because a skipped file looks like none.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MAX_FILE_BYTES:
            if self.request is not None:
                self.request.META["UPLOAD_TOO_LARGE"] = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None
