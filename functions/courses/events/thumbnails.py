"""Puts a processed picture into the course that its slot was opened for."""

from lyceum.events.content import ContentProcessed
from lyceum.events.courses import CourseUpdated
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course

from functions.courses import authoring

consumer = Consumer("courses-thumbnails")
handler = consumer.handler


@consumer.on(ContentProcessed)
def set_thumbnail(event: ContentProcessed, unit: Unit) -> None:
    """Show a picture: of several the one whose slot was opened last, in whatever order they come.

    A course that is gone, or has a newer picture, stays as it is.
    """
    upload = Upload.fetch(upload_id=event.upload_id, consistent=True)
    if upload is None or upload.purpose != "course_thumbnail" or upload.course_id is None or upload.state != "ready":
        return
    course = Course.fetch(course_id=upload.course_id, consistent=True)
    if course is None or course.status == "deleted" or (course.thumbnail_id or "") >= upload.upload_id:
        return
    unit.change(
        course,
        Course.thumbnail_id.set(upload.upload_id),
        Course.thumbnail.set(authoring.sizes_of(upload)),
        Course.revision.add(1),
        when=Course.revision == course.revision,
        events=[CourseUpdated(course_id=course.course_id)],
        refuse=Conflict("The course was changed meanwhile; the message comes again and finds it."),
    )
