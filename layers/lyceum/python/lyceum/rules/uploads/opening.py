"""Opening a slot: the record of a file that is awaited, and what storage itself enforces of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lyceum.kit import clock, context, ids
from lyceum.kit.aws import clients
from lyceum.kit.errors import Forbidden, rule_violation
from lyceum.kit.identity import Principal, Role
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.model.users.account import User
from lyceum.rules.profiles import is_minor
from lyceum.rules.uploads import multipart, quotas
from lyceum.rules.uploads.purposes import KINDS, PURPOSES
from lyceum.rules.uploads.schemas import AskFile, Slot

PROCESSING_TIMEOUT = timedelta(hours=2)
"""How long a file may be in work before it is given up: three tries of the worker with what lies between them."""
_FORM_LIFETIME = timedelta(minutes=15)
_UPLOAD_TIMEOUT = timedelta(hours=1)
_UNUSED_RETENTION = timedelta(hours=23)
_DOCUMENT = "application/pdf"


def original_key(owner_id: str, upload_id: str) -> str:
    """Name the place that a new file is sent to."""
    return f"uploads/{context.tenant()}/{owner_id}/{upload_id}/original"


def open_for(
    purpose: str,
    caller: Principal,
    wanted: AskFile,
    course_id: str | None = None,
    *,
    product_id: str | None = None,
    beside: Callable[[Unit, str], None] | None = None,
) -> Slot:
    """Record an upload and sign what it is sent by; storage itself enforces its key, type, size and checksum.

    `course_id` is the course that the file is to picture or that watches it, `product_id` the product that it shows.
    `beside` adds to the transaction what is to change with it.

    Raises Forbidden for a purpose that the caller's role does not send for, RuleViolation for a type or a size that the
    purpose does not take and when the caller has no room left, and RateLimited when it was enough for a day.
    """
    permission = PURPOSES[purpose].permission
    if permission is not None and not caller.may(permission):
        raise Forbidden("Your role does not send files for this purpose.")
    _check_limits(purpose, wanted)
    upload_id, now = ids.new_id(), clock.now()
    if wanted.content_type == _DOCUMENT and not wanted.remove_metadata and caller.role is Role.STUDENT:
        wanted = wanted.model_copy(update={"remove_metadata": is_minor(User.require(user_id=caller.user_id))})
    is_large = wanted.size_bytes > multipart.FROM_BYTES
    awaited = multipart.UPLOAD_TIMEOUT if is_large else _UPLOAD_TIMEOUT
    upload = Upload(
        upload_id=upload_id,
        owner_id=caller.user_id,
        purpose=purpose,
        course_id=course_id,
        product_id=product_id,
        key=original_key(caller.user_id, upload_id),
        state="waiting",
        is_counted=True,
        expires_at=now + awaited,
        due_at=now + awaited + PROCESSING_TIMEOUT,
        ttl=int((now + awaited + _UNUSED_RETENTION).timestamp()),
        **wanted.model_dump(exclude={"purpose"}),
    )
    unit = Unit()
    quotas.count(unit, caller, upload_id, wanted.size_bytes)
    if is_large:
        upload.multipart_id = multipart.begin(upload)
    unit.create(upload)
    if beside is not None:
        beside(unit, upload_id)
    unit.commit()
    if is_large:
        return Slot(
            upload_id=upload_id, multipart=multipart.remaining(upload, []), expires_at=now + multipart.LINK_LIFETIME
        )
    form = _sign(upload)
    return Slot(upload_id=upload_id, url=form["url"], fields=form["fields"], expires_at=now + _FORM_LIFETIME)


def _check_limits(purpose: str, wanted: AskFile) -> None:
    taken = PURPOSES[purpose]
    if wanted.content_type not in taken.content_types:
        raise rule_violation("TYPE_NOT_ALLOWED", f"Allowed here: {', '.join(taken.content_types)}.")
    most = taken.limits[KINDS[wanted.content_type]]
    if wanted.size_bytes > most:
        raise rule_violation("FILE_TOO_LARGE", f"At most {most} bytes are allowed here.")


def _sign(upload: Upload) -> dict[str, Any]:
    fields = {"Content-Type": upload.content_type}
    if upload.sha256:
        fields |= {"x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-sha256": upload.sha256}
    conditions: list[Any] = [{name: value} for name, value in fields.items()]
    conditions.append(["content-length-range", int(upload.size_bytes), int(upload.size_bytes)])
    form: dict[str, Any] = clients.client("s3").generate_presigned_post(
        settings().bucket,
        upload.key,
        Fields=fields,
        Conditions=conditions,
        ExpiresIn=int(_FORM_LIFETIME.total_seconds()),
    )
    return form
