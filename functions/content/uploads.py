"""Uploads: the slot that storage itself enforces, and what became of the file."""

from datetime import timedelta
from typing import Any

from lyceum import aws, clock, context, ids
from lyceum.errors import rule_violation
from lyceum.identity import Permission, Principal, require_owner
from lyceum.model import Upload
from lyceum.settings import settings
from lyceum.table import Unit

from content.purposes import PURPOSES
from content.schemas import AskUpload, Slot, UploadView, Variant

_SLOT = timedelta(minutes=15)
_UNUSED = timedelta(days=1)
_LINK_SECONDS = 300


def open_slot(caller: Principal, wanted: AskUpload) -> Slot:
    """Record an upload and sign a form for it: its key, type, size and checksum are fixed by the policy.

    Raises RuleViolation for a type or a size that the purpose does not take.
    """
    purpose = PURPOSES[wanted.purpose]
    if wanted.content_type not in purpose.content_types:
        raise rule_violation("TYPE_NOT_ALLOWED", f"Allowed here: {', '.join(purpose.content_types)}.")
    if wanted.size_bytes > purpose.max_bytes:
        raise rule_violation("FILE_TOO_LARGE", f"At most {purpose.max_bytes} bytes are allowed here.")
    upload_id, now = ids.new_id(), clock.now()
    key = f"uploads/{context.tenant()}/{caller.user_id}/{upload_id}/original"
    upload = Upload(
        upload_id=upload_id,
        owner_id=caller.user_id,
        key=key,
        state="waiting",
        expires_at=now + _SLOT,
        ttl=int((now + _UNUSED).timestamp()),
        **wanted.model_dump(),
    )
    Unit().create(upload).commit()
    form = _sign(key, wanted)
    return Slot(upload_id=upload_id, url=form["url"], fields=form["fields"], expires_at=upload.expires_at)


def _sign(key: str, wanted: AskUpload) -> dict[str, Any]:
    fields = {"Content-Type": wanted.content_type}
    if wanted.sha256:
        fields |= {"x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-sha256": wanted.sha256}
    conditions: list[Any] = [{name: value} for name, value in fields.items()]
    conditions.append(["content-length-range", 1, wanted.size_bytes])
    form: dict[str, Any] = aws.client("s3").generate_presigned_post(
        settings().bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=int(_SLOT.total_seconds())
    )
    return form


def show(caller: Principal, upload_id: str) -> UploadView:
    """Show an upload to its owner or a moderator, with links for five minutes; raises NotFound for anybody else."""
    upload = Upload.require(upload_id=upload_id)
    require_owner(caller, upload.owner_id, "upload", Permission.MODERATE)
    values = {name: getattr(upload, name) for name in UploadView.model_fields if name != "variants"}
    return UploadView(**values, variants=[_linked(variant) for variant in upload.variants])


def _linked(variant: dict[str, Any]) -> Variant:
    target = {"Bucket": settings().bucket, "Key": variant["key"]}
    return Variant.model_validate(variant | {"url": aws.client("s3").generate_presigned_url("get_object", target, ExpiresIn=_LINK_SECONDS)})


def remove(caller: Principal, upload_id: str) -> None:
    """Remove an upload with its files, the record last so that a failure leaves nothing behind unseen. Raises NotFound for one that is not the caller's."""
    upload = Upload.require(upload_id=upload_id)
    require_owner(caller, upload.owner_id, "upload", Permission.MODERATE)
    client = aws.client("s3")
    for key in [upload.key, *(variant["key"] for variant in upload.variants)]:
        client.delete_object(Bucket=settings().bucket, Key=key)
    Unit().remove(upload).commit()
