"""Uploads: the slot that storage itself enforces, and what became of the file."""

from datetime import timedelta
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.aws import clients, links
from lyceum.kit.errors import Conflict, Forbidden, NotFound, rule_violation
from lyceum.kit.identity import Permission, Principal, Role, require_owner
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.model.users.account import User
from lyceum.rules.profiles import is_minor

from functions.content.uploads import file_store, multipart, quotas
from functions.content.uploads.purposes import KINDS, PURPOSES
from functions.content.uploads.schemas import AskFile, AskUpload, Slot, Step, UploadView, Variant
from functions.content.uploads.upload_state import PROCESSING_TIMEOUT

_FORM_LIFETIME = timedelta(minutes=15)
_UPLOAD_TIMEOUT = timedelta(hours=1)
_UNUSED_RETENTION = timedelta(hours=23)
_LINK_SECONDS = 300
_DOCUMENT = "application/pdf"


def open_slot(caller: Principal, wanted: AskUpload) -> Slot:
    """Open a slot for a purpose of another part of the product."""
    return open_for(wanted.purpose, caller, wanted)


def open_for(purpose: str, caller: Principal, wanted: AskFile, course_id: str | None = None) -> Slot:
    """Record an upload and sign what it is sent by; storage itself enforces its key, type, size and checksum.

    `course_id` is the course that the file is to picture.

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
        key=file_store.original_key(caller.user_id, upload_id),
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
    unit.create(upload).commit()
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


def show(caller: Principal, upload_id: str) -> UploadView:
    """Show an upload to its owner or a moderator, with links for five minutes; raises NotFound for anybody else.

    A picture or recording of a question is shown to whoever knows its id, that is, to whom the question was shown.
    """
    upload = _required(upload_id)
    if upload.purpose not in {"question_image", "question_recording"} or upload.state != "ready":
        require_owner(caller, upload.owner_id, "upload", Permission.MODERATE)
    return UploadView(
        upload_id=upload.upload_id,
        purpose=upload.purpose,
        file_name=upload.file_name,
        content_type=upload.content_type,
        size_bytes=int(upload.size_bytes),
        state=upload.state,
        reason=upload.reason if upload.state in {"rejected", "failed"} else None,
        steps=[Step.model_validate(step) for step in upload.steps],
        variants=[_linked(variant) for variant in upload.variants] if upload.state == "ready" else [],
        multipart=multipart.resumed(upload)
        if upload.multipart_id and upload.state == "waiting" and upload.owner_id == caller.user_id
        else None,
        created_at=upload.created_at,
        expires_at=upload.expires_at if upload.state == "waiting" else None,
    )


def _linked(variant: dict[str, Any]) -> Variant:
    return Variant.model_validate(variant | {"url": links.link(variant["key"], _LINK_SECONDS)})


def remove(caller: Principal, upload_id: str) -> None:
    """Remove the caller's own upload with its files; a rejected file stays in quarantine for its 30 days.

    For a day a record is kept without a name, so that a file that is still on its way or in work goes as well.

    Raises NotFound for one that is not the caller's, Conflict when the file's processing went on meanwhile.
    """
    upload = _required(upload_id)
    require_owner(caller, upload.owner_id, "upload")
    if upload.content_id:
        raise Conflict("This file belongs to a content item. Remove the item.", code="IN_USE")
    file_store.discard_settled(upload)
    if upload.multipart_id and upload.state == "waiting":
        multipart.abandon(upload)
    changes = [
        Upload.state.set("deleted"),
        Upload.ttl.set(_last_second()),
        Upload.file_name.set(""),
        Upload.variants.set([]),
        Upload.steps.set([]),
        Upload.is_counted.set(False),
    ]
    changes += upload.fall_due(clock.now() + PROCESSING_TIMEOUT)  # what a worker makes of it meanwhile goes then
    overtaken = Conflict("The file is being processed. Please try again in a moment.", code="EDIT_CONFLICT")
    unit = Unit().change(upload, *changes, when=Upload.version == upload.version, refuse=overtaken)
    quotas.give_back(unit, upload)
    unit.commit()


def _required(upload_id: str) -> Upload:
    upload = Upload.require(upload_id=upload_id)
    if upload.state == "deleted":
        raise NotFound("There is no such upload.")
    return upload


def _last_second() -> int:
    return int((clock.now() + timedelta(days=1)).timestamp())
