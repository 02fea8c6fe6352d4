"""Courses copied as templates: new ids, no people, no dates; lessons and assignments follow by workers."""

from collections.abc import Sequence

from lyceum.events.courses import CourseCopied
from lyceum.kit import clock, ids
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.kit.values.text import without_accents
from lyceum.model.courses.course import Course, CourseOutline, DependentCourse, PrerequisiteGraph
from lyceum.model.courses.lessons import Lesson, LessonBody
from lyceum.rules.courses import course_access
from lyceum.rules.courses.course_copies import copy_id
from lyceum.tasks.courses import CopyLessons

from functions.courses import authoring
from functions.courses.enrolments import seats
from functions.courses.schemas.courses import CopyCourse

_COURSE = (
    "department_id",
    "description",
    "thumbnail_id",
    "thumbnail",
    "level",
    "credit_units",
    "category",
    "difficulty",
    "time_zone",
    "price",
    "capacity",
    "grading",
    "prerequisite_ids",
)
_LESSON = (
    "title",
    "summary",
    "format",
    "duration_minutes",
    "is_required",
    "is_preview",
    "content_id",
    "upload_ids",
)
_PAGE = 25


def copy(caller: Principal, course_id: str, wanted: CopyCourse) -> Course:
    """Make a draft of the caller's own from a course that they teach; raises Forbidden and NotFound."""
    source = course_access.taught_by_id(caller, course_id)
    new_id, title = ids.new_id(), wanted.title or source.title
    course = Course(
        course_id=new_id,
        instructor_id=caller.user_id,
        status="draft",
        title=title,
        code=source.code if wanted.code is None else wanted.code,
        sort_title=without_accents(title),
        slug=authoring.slug(title, new_id),
        **{name: getattr(source, name) for name in _COURSE},
    )
    copied = CourseCopied(course_id=new_id, source_id=course_id, copied_at=clock.now())
    unit = Unit().create(course, copied).create(CourseOutline(course_id=new_id))
    seats.put(unit, new_id, source.capacity, is_open=False)
    needed = sorted(source.prerequisite_ids or ())
    for each in needed:
        unit.create(DependentCourse(course_id=each, dependent_id=new_id))
    if needed:  # what nobody asks for closes no circle
        unit.change(PrerequisiteGraph.at(), PrerequisiteGraph.edge_count.add(len(needed)), or_create=True)
    unit.commit()
    return course


def copy_lessons(task: CopyLessons, unit: Unit) -> int | None:
    """Copy a page of lessons with their texts, in their order; returns how many are done, None when all are."""
    outlines = [CourseOutline.at(course_id=each) for each in (task.source_id, task.course_id)]
    course, source, outline = batch_fetch([Course.at(course_id=task.course_id), *outlines], consistent=True)
    if not isinstance(course, Course) or course.status == "deleted" or not isinstance(outline, CourseOutline):
        return None
    wanted = source.lesson_ids if isinstance(source, CourseOutline) else []
    done = int(task.after or 0)
    lessons = _lessons(wanted[done : done + _PAGE])
    for lesson, body in lessons:
        name = copy_id(task.copied_at, task.course_id, lesson.lesson_id)
        fields = {each: getattr(lesson, each) for each in _LESSON}
        unit.create(Lesson(lesson_id=name, course_id=task.course_id, **fields))
        if body is not None:
            unit.create(LessonBody(lesson_id=name, body=body))
        outline.lesson_ids = [*outline.lesson_ids, name]
        if not lesson.is_required:
            outline.optional_ids = [*outline.optional_ids, name]
    if lessons:
        unit.replace(outline)
        unit.change(course, Course.lesson_count.add(len(lessons)), when=Course.status != "deleted")
    return done + _PAGE if done + _PAGE < len(wanted) else None


def _lessons(lesson_ids: Sequence[str]) -> list[tuple[Lesson, str | None]]:
    """Read lessons with their texts (1 request)."""
    named = [entity.at(lesson_id=each) for each in lesson_ids for entity in (Lesson, LessonBody)]
    read = batch_fetch(named, consistent=True)
    return [
        (lesson, body.body if isinstance(body, LessonBody) else None)
        for lesson, body in zip(read[::2], read[1::2], strict=True)
        if isinstance(lesson, Lesson)
    ]
