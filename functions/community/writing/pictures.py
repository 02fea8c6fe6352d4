"""Pictures and other evidence: uploads of the writer that are ready."""

from collections.abc import Sequence

from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch
from lyceum.model.content.uploads import Upload

PURPOSES = frozenset({"attachment", "document"})


def require(caller: Principal, upload_ids: Sequence[str], field: str) -> None:
    """Refuse what is no ready upload of the caller's for texts (1 storage request, none without uploads)."""
    if not upload_ids:
        return
    found = batch_fetch([Upload.at(upload_id=name) for name in upload_ids])
    for upload in found:
        if not (isinstance(upload, Upload) and _is_usable(caller, upload)):
            raise rule_violation("UPLOAD_NOT_USABLE", "This is no upload of yours that is ready.", field=field)


def _is_usable(caller: Principal, upload: Upload) -> bool:
    return upload.owner_id == caller.user_id and upload.state == "ready" and upload.purpose in PURPOSES
