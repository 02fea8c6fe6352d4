"""Uploads and the content library over HTTP; the files themselves go straight to storage and come from there."""

from typing import Annotated

from lyceum.kit.http import (
    OPTIONAL,
    OWNER,
    USER,
    Answer,
    Api,
    Caller,
    IfMatch,
    MaybeCaller,
    Page,
    Path,
    Query,
    may,
)
from lyceum.kit.identity import Permission
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course
from lyceum.model.courses.lessons import Lesson
from lyceum.rules.courses import course_access
from lyceum.rules.sessions import recheck
from lyceum.rules.uploads import opening
from lyceum.rules.uploads.schemas import AskFile, Slot

from functions.content.library import browse, cache_control, items, lifecycle, readers
from functions.content.library.schemas import (
    ChangeContent,
    ContentFilter,
    ContentSummary,
    ContentView,
    FileLink,
    FileQuery,
    KeepOffline,
    Kept,
    NewContent,
    Processing,
    Rate,
    Rated,
    Removed,
    Verification,
)
from functions.content.uploads import product_files, slots
from functions.content.uploads.schemas import AskFiles, AskUpload, Slots, UploadView
from functions.content.videos import captions, films, watching
from functions.content.videos.schemas import AskVideo, CaptionsView, Language, PutCaptions, StreamQuery, VideoView

api = Api("content", recheck=recheck)
handler = api.handler


@api.post("/api/uploads", access=USER, status=201, limit="60/hour", idempotent=True)
def open_upload(caller: Caller, body: AskUpload) -> Slot:
    """Get a slot for one file."""
    return slots.open_slot(caller, body)


@api.post("/api/profile/avatar", access=USER, status=201, limit="20/hour", idempotent=True)
def open_avatar(caller: Caller, body: AskFile) -> Slot:
    """Get a slot for one's avatar."""
    return slots.open_slot(caller, AskUpload(purpose="avatar", **body.model_dump()))


@api.post("/api/lessons/{lessonId}/media", access=OWNER, owner_of=Lesson, status=201, limit="60/hour", idempotent=True)
def open_lesson_media(caller: Caller, lesson_id: str, body: AskFile) -> Slot:
    """Get a slot for a file of a lesson of one's own.

    Once the file is processed, name it in the lesson's content.
    """
    course_access.taught_by_id(caller, Lesson.require(lesson_id=lesson_id).course_id)
    return slots.open_slot(caller, AskUpload(purpose="lesson", **body.model_dump()))


@api.post(
    "/api/courses/{courseId}/thumbnail", access=OWNER, owner_of=Course, status=201, limit="20/hour", idempotent=True
)
def open_course_thumbnail(caller: Caller, course_id: str, body: AskFile) -> Slot:
    """Get a slot for the picture of a course that one teaches; once it is processed, the course shows it."""
    course_access.taught_by_id(caller, course_id)
    return opening.open_for("course_thumbnail", caller, body, course_id)


@api.post(
    "/api/products/{productId}/upload-image",
    access=may(Permission.MANAGE_STORE),
    status=201,
    limit="120/hour",
    idempotent=True,
)
def open_product_images(caller: Caller, product_id: str, body: AskFiles) -> Slots:
    """Get slots for pictures of a product; once they are processed, the product shows them."""
    return product_files.open_slots("product_image", caller, product_id, body)


@api.post(
    "/api/products/{productId}/media",
    access=may(Permission.MANAGE_STORE),
    status=201,
    limit="120/hour",
    idempotent=True,
)
def open_product_media(caller: Caller, product_id: str, body: AskFiles) -> Slots:
    """Get slots for pictures and videos of a product; once they are processed, the product shows them."""
    return product_files.open_slots("product_media", caller, product_id, body)


@api.get("/api/uploads/{uploadId}", access=USER, owner_of=Upload)
def show_upload(caller: Caller, upload_id: str) -> UploadView:
    """Show what became of a file."""
    return slots.show(caller, upload_id)


@api.delete("/api/uploads/{uploadId}", access=OWNER, owner_of=Upload)
def delete_upload(caller: Caller, upload_id: str) -> Removed:
    """Remove a file."""
    slots.remove(caller, upload_id)
    return Removed(id=upload_id)


@api.post("/api/videos/upload", access=may(Permission.WRITE_COURSES), status=201, limit="60/hour", idempotent=True)
def open_video(caller: Caller, body: AskVideo) -> Slot:
    """Get a slot for a film, in parts when it is large; once it is rendered, it is streamed."""
    return films.open_slot(caller, body)


@api.get("/api/videos/{videoId}", access=USER)
def show_video(caller: Caller, video_id: str) -> VideoView:
    """Show what became of a film, with its renditions and a picture."""
    return films.show(caller, video_id)


@api.get("/api/videos/{videoId}/stream", access=USER, raw="application/vnd.apple.mpegurl")
def show_stream(caller: Caller, answer: Answer, video_id: str, query: Annotated[StreamQuery, Query()]) -> str:
    """Get a playlist of a film (HLS), with links that end soon after the film does."""
    return watching.playlist(caller, video_id, query, answer)


@api.put(
    "/api/videos/{videoId}/captions/{language}",
    access=may(Permission.WRITE_COURSES),
    limit="120/hour",
    max_body_bytes=1024 * 1024,
)
def set_captions(
    caller: Caller, video_id: str, language: Annotated[Language, Path()], body: PutCaptions
) -> CaptionsView:
    """Give a film captions in a language, as WebVTT or by machine; its playlist lists them from then on."""
    return captions.put(caller, video_id, language, body)


@api.get("/api/videos/{videoId}/captions/{language}", access=USER, raw="text/vtt; charset=utf-8")
def show_captions(caller: Caller, video_id: str, language: Annotated[Language, Path()]) -> str:
    """Get the captions of a film in a language as WebVTT."""
    return captions.text(caller, video_id, language)


@api.delete("/api/videos/{videoId}/captions/{language}", access=may(Permission.WRITE_COURSES))
def delete_captions(caller: Caller, video_id: str, language: Annotated[Language, Path()]) -> Removed:
    """Take the captions of a film in a language away."""
    captions.remove(caller, video_id, language)
    return Removed(id=language)


@api.post("/api/content/upload-url", access=may(Permission.WRITE_CONTENT), status=201, limit="60/hour", idempotent=True)
def open_library_upload(caller: Caller, body: AskFile) -> Slot:
    """Get a slot for a file of the library, in parts when it is large."""
    return opening.open_for("library", caller, body)


@api.get("/api/content", access=OPTIONAL)
def list_content(caller: MaybeCaller, answer: Answer, query: Annotated[ContentFilter, Query()]) -> Page[ContentSummary]:
    """List the library."""
    cache_control.set_header(answer, caller, is_public=cache_control.is_same_for_everybody(query))
    return browse.page(caller, query)


@api.post("/api/content", access=may(Permission.WRITE_CONTENT), status=201, idempotent=True)
def create_content(caller: Caller, body: NewContent) -> ContentView:
    """Describe a file of the library."""
    return items.create(caller, body)


@api.get("/api/content/{contentId}", access=OPTIONAL)
def show_content(caller: MaybeCaller, answer: Answer, content_id: str) -> ContentView:
    """Show an item with its files."""
    shown = items.show(caller, content_id)
    cache_control.set_header(answer, caller, is_public=shown.state == "published")
    return shown


@api.patch("/api/content/{contentId}", access=OWNER, owner_of=ContentItem)
def change_content(caller: Caller, content_id: str, body: ChangeContent, if_match: IfMatch) -> ContentView:
    """Change what is said of an item."""
    return items.change(caller, content_id, body, if_match)


@api.delete("/api/content/{contentId}", access=OWNER, owner_of=ContentItem)
def delete_content(caller: Caller, content_id: str) -> Removed:
    """Remove an item; its files go after the retention period."""
    items.remove(caller, content_id)
    return Removed(id=content_id)


@api.post("/api/content/{contentId}/submit", access=OWNER, owner_of=ContentItem)
def submit_content(caller: Caller, content_id: str) -> ContentView:
    """Ask for verification."""
    return lifecycle.submit(caller, content_id)


@api.post("/api/content/{contentId}/verify", access=may(Permission.VERIFY_CONTENT))
def verify_content(caller: Caller, content_id: str, body: Verification) -> ContentView:
    """Approve or reject what another instructor made."""
    return lifecycle.verify(caller, content_id, body)


@api.post("/api/content/{contentId}/publish", access=may(Permission.PUBLISH_CONTENT))
def publish_content(caller: Caller, content_id: str) -> ContentView:
    """Put a verified item into the library."""
    return lifecycle.publish(caller, content_id)


@api.post("/api/content/{contentId}/download", access=USER)
def download_content(caller: Caller, content_id: str, body: KeepOffline) -> Kept:
    """Note that a device keeps a copy."""
    return readers.keep_offline(caller, content_id, body)


@api.post("/api/content/{contentId}/rate", access=USER)
def rate_content(caller: Caller, content_id: str, body: Rate) -> Rated:
    """Rate an item."""
    return readers.rate(caller, content_id, body.stars)


@api.get("/api/content/{contentId}/file", access=USER)
def link_file(caller: Caller, content_id: str, query: Annotated[FileQuery, Query()]) -> FileLink:
    """Get the address of a file for five minutes."""
    return readers.link(caller, content_id, query.variant)


@api.get("/api/content/{contentId}/processing", access=OWNER, owner_of=ContentItem)
def show_processing(caller: Caller, content_id: str) -> Processing:
    """Show how far the file of an item came."""
    return items.processing(caller, content_id)
