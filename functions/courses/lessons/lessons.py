"""The lessons of a course: their order, their content, who may read them."""

from collections.abc import Sequence

from lyceum.events.courses import CoursePartChanged
from lyceum.kit import ids
from lyceum.kit.errors import Conflict, Detail, NotFound, PreconditionFailed, RuleViolation, rule_violation
from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Slice, Unit, batch_fetch, cut, fetch_partition
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.lessons import Lesson, LessonBody
from lyceum.rules.courses import course_access, course_audits
from lyceum.tasks.courses import RecountCourse

from functions.courses.lessons.schemas import (
    MOST_LESSONS,
    LessonContent,
    LessonFields,
    LessonOrder,
    LessonRow,
    LessonView,
    NewLesson,
    OrderView,
    Resource,
)


def page(caller: Principal | None, course_id: str, query: Listing) -> Page[LessonRow]:
    """Return a page of a course's lessons in their order, in two requests."""
    named: list[Entity] = [Course.at(course_id=course_id), CourseOutline.at(course_id=course_id)]
    if caller:
        named.append(Enrolment.at(course_id=course_id, user_id=caller.user_id))
    found, outline, *enrolment = batch_fetch(named)
    course_access.visible(caller, found, *enrolment)
    lesson_ids = list(outline.lesson_ids) if isinstance(outline, CourseOutline) else []
    names = cut(lesson_ids, str, limit=query.limit, after=query.start_key())
    lessons = batch_fetch([Lesson.at(lesson_id=each) for each in names.items])
    first = lesson_ids.index(names.items[0]) + 1 if names.items else 1
    shown = rows(lessons, names.items, first=first)
    return query.page(Slice(shown, names.last_key), LessonRow.model_validate, total=len(lesson_ids))


def rows(found: Sequence[Entity | None], lesson_ids: Sequence[str], *, first: int) -> list[LessonRow]:
    """Show the lessons among what was read in the order of these ids, the first of which has this place."""
    lessons = {each.lesson_id: each for each in found if isinstance(each, Lesson)}
    return [
        LessonRow.model_validate(lessons[lesson_id]).model_copy(update={"order": place})
        for place, lesson_id in enumerate(lesson_ids, first)
        if lesson_id in lessons
    ]


def add(caller: Principal, course_id: str, wanted: NewLesson) -> LessonView:
    """Add a lesson at its place.

    Raises RuleViolation TOO_MANY_LESSONS, and Conflict when the order changed meanwhile.
    """
    course, outline = _authored(caller, course_id)
    if len(outline.lesson_ids) >= MOST_LESSONS:
        raise rule_violation("TOO_MANY_LESSONS", f"A course has {MOST_LESSONS} lessons at most.")
    lesson = Lesson(lesson_id=ids.new_id(), course_id=course_id, **wanted.model_dump(exclude={"position", "body"}))
    place = len(outline.lesson_ids) if wanted.position is None else wanted.position - 1
    outline.lesson_ids.insert(place, lesson.lesson_id)
    _mark_required(outline, lesson)
    unit = (
        Unit()
        .replace(outline)
        .create(lesson, _changed(lesson))
        .change(course, Course.lesson_count.add(1), when=Course.status != "deleted")
    )
    if wanted.body is not None:
        unit.create(LessonBody(lesson_id=lesson.lesson_id, body=wanted.body))
    course_audits.note(unit, caller.user_id, course, "lesson.add", lesson.lesson_id, after={"courseId": course_id})
    unit.commit()
    return _view(lesson, wanted.body, [])


def update(caller: Principal, course_id: str, lesson_id: str, wanted: LessonFields, expect: int | None) -> LessonView:
    """Replace a lesson's own fields; raises PreconditionFailed or Conflict when it was changed meanwhile."""
    course, outline = _authored(caller, course_id)
    lesson, body = _lesson_of(course_id, lesson_id)
    needed_before = lesson.is_required
    for name, value in wanted.model_dump().items():
        setattr(lesson, name, value)
    unit = Unit().replace(lesson, _changed(lesson), expect=expect)
    if lesson.is_required != needed_before:
        _mark_required(outline, lesson)
        unit.replace(outline, RecountCourse(course_id=course_id))
    course_audits.note(unit, caller.user_id, course, "lesson.change", lesson_id, after={"courseId": course_id})
    unit.commit()
    return _view(lesson, body, _uploads(lesson.upload_ids))


def remove(caller: Principal, course_id: str, lesson_id: str, expect: int | None) -> None:
    """Delete a lesson with its text; progress is of what there is, and whoever has all of the rest completes by it."""
    course, outline = _authored(caller, course_id)
    lesson, _ = _lesson_of(course_id, lesson_id)
    if expect is not None and expect != lesson.version:
        raise PreconditionFailed("This lesson was changed since you read it.")
    outline.lesson_ids.remove(lesson_id)
    outline.optional_ids = [each for each in outline.optional_ids if each != lesson_id]
    unchanged = Conflict("This lesson was changed meanwhile.", code="EDIT_CONFLICT")
    unit = (
        Unit()
        .replace(outline, RecountCourse(course_id=course_id), _changed(lesson, is_removed=True))
        .remove(lesson, when=Lesson.version == lesson.version, refuse=unchanged)
    )
    unit.remove(LessonBody.at(lesson_id=lesson_id)).change(course, Course.lesson_count.add(-1))
    course_audits.note(unit, caller.user_id, course, "lesson.remove", lesson_id, before={"courseId": course_id})
    unit.commit()


def reorder(caller: Principal, course_id: str, wanted: LessonOrder, expect: int | None) -> OrderView:
    """Put all lessons in another order by one write.

    Raises RuleViolation NOT_THE_LESSONS when the list is not exactly the course's lessons.
    """
    course, outline = _authored(caller, course_id)
    if sorted(wanted.lesson_ids) != sorted(outline.lesson_ids):
        raise rule_violation("NOT_THE_LESSONS", "Name every lesson of the course once, and no other.")
    outline.lesson_ids = list(wanted.lesson_ids)
    ordered = CoursePartChanged(course_id=course_id, part="lessonOrder", part_id=course_id)
    unit = Unit().replace(outline, ordered, expect=expect)
    course_audits.note(unit, caller.user_id, course, "lesson.reorder", course_id)
    unit.commit()
    return OrderView.model_validate(outline)


def show(caller: Principal, lesson_id: str) -> LessonView:
    """Show a lesson to its course's students and instructor, a preview to everybody (2 requests)."""
    lesson, body = _read(lesson_id)
    at = [Course.at(course_id=lesson.course_id), Enrolment.at(course_id=lesson.course_id, user_id=caller.user_id)]
    found, enrolment, *uploads = batch_fetch([*at, *(Upload.at(upload_id=each) for each in lesson.upload_ids)])
    course = course_access.visible(caller, found, enrolment)
    if not lesson.is_preview:
        course_access.require_learning(caller, course, enrolment)
    is_completed = isinstance(enrolment, Enrolment) and lesson_id in (enrolment.lessons or ())
    return _view(lesson, body, uploads, is_completed=is_completed)


def set_content(caller: Principal, lesson_id: str, wanted: LessonContent) -> LessonView:
    """Give a lesson a text, an item of the library or files; what is not named stays.

    Raises RuleViolation UPLOAD_NOT_READY for files that are not the caller's own or not processed yet, and
    CONTENT_NOT_FOUND for an item that is neither published nor the caller's own.
    """
    lesson, body = _read(lesson_id)
    course = course_access.taught_by_id(caller, lesson.course_id)
    given = wanted.model_fields_set
    uploads = _uploads(wanted.upload_ids if "upload_ids" in given else lesson.upload_ids)
    if "upload_ids" in given:
        _require_ready(caller, [each for each in uploads if not _is_of(lesson, each)])
        lesson.upload_ids = list(dict.fromkeys(wanted.upload_ids))
    if "content_id" in given:
        _require_item(caller, wanted.content_id)
        lesson.content_id = wanted.content_id
    unit = Unit().replace(lesson, _changed(lesson))
    if "body" in given:
        body = wanted.body
        text = LessonBody.at(lesson_id=lesson_id)
        unit = unit.remove(text) if body is None else unit.put(LessonBody(lesson_id=lesson_id, body=body))
    after = {"courseId": lesson.course_id, "given": sorted(given)}
    course_audits.note(unit, caller.user_id, course, "lesson.content", lesson_id, after=after)
    unit.commit()
    return _view(lesson, body, uploads)


def _authored(caller: Principal, course_id: str) -> tuple[Course, CourseOutline]:
    found, outline = batch_fetch(
        [Course.at(course_id=course_id), CourseOutline.at(course_id=course_id)], consistent=True
    )
    course = course_access.taught(caller, found)
    if not isinstance(outline, CourseOutline):
        raise NotFound("There is no such course.")
    return course, outline


def _read(lesson_id: str) -> tuple[Lesson, str | None]:
    parts = fetch_partition(Lesson, lesson_id=lesson_id)
    lesson = next((part for part in parts if isinstance(part, Lesson)), None)
    if lesson is None:
        raise NotFound("There is no such lesson.")
    return lesson, next((part.body for part in parts if isinstance(part, LessonBody)), None)


def _lesson_of(course_id: str, lesson_id: str) -> tuple[Lesson, str | None]:
    lesson, body = _read(lesson_id)
    if lesson.course_id != course_id:
        raise NotFound("There is no such lesson.")
    return lesson, body


def _changed(lesson: Lesson, *, is_removed: bool = False) -> CoursePartChanged:
    return CoursePartChanged(
        course_id=lesson.course_id, part="lesson", part_id=lesson.lesson_id, title=lesson.title, is_removed=is_removed
    )


def _mark_required(outline: CourseOutline, lesson: Lesson) -> None:
    others = [each for each in outline.optional_ids if each != lesson.lesson_id]
    outline.optional_ids = others if lesson.is_required else [*others, lesson.lesson_id]


def _uploads(upload_ids: Sequence[str]) -> list[Entity | None]:
    return batch_fetch([Upload.at(upload_id=each) for each in upload_ids])


def _require_ready(caller: Principal, uploads: Sequence[Entity | None]) -> None:
    wrong = [
        Detail(f"uploadIds[{place}]", "This file is not yours, or it is not ready.")
        for place, upload in enumerate(uploads)
        if not isinstance(upload, Upload) or upload.owner_id != caller.user_id or upload.state != "ready"
    ]
    if wrong:
        raise RuleViolation(
            "Some files can not be used.",
            details=[Detail("", "Wait until a file is processed.", "UPLOAD_NOT_READY"), *wrong],
        )


def _is_of(lesson: Lesson, upload: Entity | None) -> bool:
    """Say whether a file is the lesson's already, whoever of its teachers sent it."""
    return isinstance(upload, Upload) and upload.state == "ready" and upload.upload_id in lesson.upload_ids


def _require_item(caller: Principal, content_id: str | None) -> None:
    item = ContentItem.fetch(content_id=content_id) if content_id else None
    if content_id and (item is None or (item.state != "published" and item.owner_id != caller.user_id)):
        raise rule_violation("CONTENT_NOT_FOUND", "The library has no such item.")


def _view(
    lesson: Lesson, body: str | None, uploads: Sequence[Entity | None], *, is_completed: bool = False
) -> LessonView:
    resources = [
        Resource.model_validate(upload)
        for upload in uploads
        if isinstance(upload, Upload) and upload.state != "deleted"
    ]
    plain = {name: getattr(lesson, name) for name in LessonRow.model_fields if name != "order"}
    extra = {"content_id": lesson.content_id, "version": lesson.version, "updated_at": lesson.updated_at}
    return LessonView(**plain, **extra, body=body, resources=resources, is_completed=is_completed)
