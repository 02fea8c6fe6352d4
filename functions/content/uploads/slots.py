"""Uploads: the slot that storage itself enforces, and what became of the file."""

from datetime import timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.aws import links
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Permission, Principal, require_owner
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import FilmCaptions, Upload
from lyceum.rules.uploads import multipart, opening, quotas
from lyceum.rules.uploads.opening import PROCESSING_TIMEOUT
from lyceum.rules.uploads.purposes import BELONGING
from lyceum.rules.uploads.schemas import Slot

from functions.content.uploads import file_store
from functions.content.uploads.schemas import AskUpload, Step, UploadView, Variant

_LINK_SECONDS = 300


def open_slot(caller: Principal, wanted: AskUpload) -> Slot:
    """Open a slot for a purpose of another part of the product."""
    return opening.open_for(wanted.purpose, caller, wanted)


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
    if upload.purpose in BELONGING:
        raise Conflict("This file belongs to others, too, and goes when its time is over.", code="IN_USE")
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
        Upload.captions.set({}),
    ]
    changes += upload.fall_due(clock.now() + PROCESSING_TIMEOUT)  # what a worker makes of it meanwhile goes then
    overtaken = Conflict("The file is being processed. Please try again in a moment.", code="EDIT_CONFLICT")
    unit = Unit().change(upload, *changes, when=Upload.version == upload.version, refuse=overtaken)
    quotas.give_back(unit, upload)
    for language in upload.captions:
        unit.remove(FilmCaptions.at(video_id=upload_id, language=language))
    unit.commit()


def _required(upload_id: str) -> Upload:
    upload = Upload.require(upload_id=upload_id)
    if upload.state == "deleted":
        raise NotFound("There is no such upload.")
    return upload


def _last_second() -> int:
    return int((clock.now() + timedelta(days=1)).timestamp())
