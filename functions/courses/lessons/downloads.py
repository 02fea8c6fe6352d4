"""Files of lessons, by links that end soon."""

from datetime import timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.aws import links as aws_links
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.lessons import Lesson
from lyceum.rules.courses import course_access

from functions.courses.lessons.schemas import Download, DownloadQuery, Downloads

_LINK = timedelta(minutes=5)


def links(caller: Principal, lesson_id: str, query: DownloadQuery) -> Downloads:
    """Sign links to the files of a lesson (2 requests): to the smallest variants for `low` quality, else the largest.

    Raises NotFound for a file that is not the lesson's or not ready, Forbidden for somebody who is not in the course.
    """
    lesson = Lesson.require(lesson_id=lesson_id)
    mine = Enrolment.at(course_id=lesson.course_id, user_id=caller.user_id)
    named = [Upload.at(upload_id=each) for each in lesson.upload_ids if query.upload_id in (None, each)]
    found, enrolment, *uploads = batch_fetch([Course.at(course_id=lesson.course_id), mine, *named])
    course = course_access.visible(caller, found, enrolment)
    if not lesson.is_preview:
        course_access.require_learning(caller, course, enrolment)
    files = [
        _link(each, query) for each in uploads if isinstance(each, Upload) and each.state == "ready" and each.variants
    ]
    if query.upload_id is not None and not files:
        raise NotFound("This lesson has no such file.")
    return Downloads(files=files)


def _link(upload: Upload, query: DownloadQuery) -> Download:
    pick = min if query.quality == "low" else max
    variant: dict[str, Any] = pick(upload.variants, key=lambda each: each["size_bytes"])
    return Download(
        upload_id=upload.upload_id,
        file_name=upload.file_name,
        variant=variant["name"],
        content_type=variant["content_type"],
        size_bytes=variant["size_bytes"],
        url=aws_links.link(variant["key"], int(_LINK.total_seconds())),
        expires_at=clock.now() + _LINK,
    )
