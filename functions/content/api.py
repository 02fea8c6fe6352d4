"""Uploads over HTTP; the files themselves go straight to storage."""

from lyceum.http import OWNER, USER, Api, Caller

from content import uploads
from content.schemas import AskAvatar, AskUpload, Removed, Slot, UploadView

api = Api("content")
handler = api.handler


@api.post("/api/uploads", access=USER, status=201, limit="60/hour", idempotent=True)
def open_upload(caller: Caller, body: AskUpload) -> Slot:
    """Get a slot for one file."""
    return uploads.open_slot(caller, body)


@api.post("/api/profile/avatar", access=USER, status=201, limit="20/hour", idempotent=True)
def open_avatar(caller: Caller, body: AskAvatar) -> Slot:
    """Get a slot for one's avatar."""
    return uploads.open_slot(caller, AskUpload(purpose="avatar", **body.model_dump()))


@api.get("/api/uploads/{uploadId}", access=USER)
def show_upload(caller: Caller, upload_id: str) -> UploadView:
    """Show what became of a file."""
    return uploads.show(caller, upload_id)


@api.delete("/api/uploads/{uploadId}", access=OWNER)
def delete_upload(caller: Caller, upload_id: str) -> Removed:
    """Remove a file."""
    uploads.remove(caller, upload_id)
    return Removed(id=upload_id)
