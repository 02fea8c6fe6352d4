"""Films: the slot for one, who may watch it, and what is shown of it."""

from typing import Any

from lyceum.kit.aws import links
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.table import batch_fetch
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_access
from lyceum.rules.uploads import opening
from lyceum.rules.uploads.schemas import AskFile, Slot

from functions.content.videos.schemas import AskVideo, CaptionsView, Poster, Rendition, VideoView

_PURPOSE = "video"
_LINK_SECONDS = 300


def open_slot(caller: Principal, wanted: AskVideo) -> Slot:
    """Open a slot for a film; raises NotFound or Forbidden for a course that the caller does not teach."""
    if wanted.course_id:
        course_access.taught_by_id(caller, wanted.course_id)
    return opening.open_for(_PURPOSE, caller, AskFile(**wanted.model_dump(exclude={"course_id"})), wanted.course_id)


def watchable(caller: Principal, video_id: str) -> Upload:
    """Return a film that the caller may know of (1 request, 2 for those whose it is not).

    It is its owner's and the moderators'; a film of a course is for those who teach there, and a ready one for those
    who learn there. Raises NotFound for anything else, Forbidden for somebody who sees the course and is not in it.
    """
    upload = Upload.fetch(upload_id=video_id)
    missing = NotFound("There is no such video.")
    if upload is None or upload.purpose != _PURPOSE or upload.state == "deleted":
        raise missing
    if may_touch(caller, upload.owner_id, Permission.MODERATE):
        return upload
    if not upload.course_id:
        raise missing
    found, enrolment = batch_fetch(
        [Course.at(course_id=upload.course_id), Enrolment.at(course_id=upload.course_id, user_id=caller.user_id)]
    )
    course = course_access.visible(caller, found, enrolment)
    if upload.state != "ready" and not course_access.is_teacher(caller, course):
        raise missing
    course_access.require_learning(caller, course, enrolment)
    return upload


def show(caller: Principal, video_id: str) -> VideoView:
    """Show a film to whoever may watch it."""
    upload = watchable(caller, video_id)
    is_ready, stream = upload.state == "ready", upload.stream or {}
    facts: dict[str, Any] = upload.facts if is_ready else {}
    return VideoView(
        video_id=upload.upload_id,
        course_id=upload.course_id,
        file_name=upload.file_name,
        size_bytes=int(upload.size_bytes),
        state=upload.state,
        reason=upload.reason if upload.state in {"rejected", "failed"} else None,
        progress=round(stream["rendered"] / stream["count"], 2) if stream else 0.0,
        duration_seconds=facts.get("durationSeconds"),
        width=facts.get("width"),
        height=facts.get("height"),
        renditions=[Rendition.model_validate(each) for each in stream["renditions"]] if is_ready else [],
        poster=_poster(upload) if is_ready else None,
        captions=[
            CaptionsView.model_validate({"language": language, **each}) for language, each in upload.captions.items()
        ]
        if is_ready
        else [],
        stream_url=f"/api/videos/{upload.upload_id}/stream" if is_ready else None,
        created_at=upload.created_at,
    )


def _poster(upload: Upload) -> Poster | None:
    found = [variant for variant in upload.variants if variant["name"] == "preview"]
    return Poster.model_validate(found[0] | {"url": links.link(found[0]["key"], _LINK_SECONDS)}) if found else None
