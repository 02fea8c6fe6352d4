"""From stored items to documents: what of them is found, and by whom.

Only what everybody may read anyway is indexed: approved questions without their keys and hints, topics and lessons of
published courses, published items of the library, products and offers that are for sale. Questions to mentors are found
by whoever is signed in to the tenant, unless they are held. Of a lesson that is no preview the text is left out, since
it is its students' alone.
"""

from collections.abc import Callable, Iterator
from typing import Any

from lyceum.kit.table import batch_fetch, find_all
from lyceum.model.catalog import Topic
from lyceum.model.content.library import ContentItem, ContentStatistics
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.lessons import Lesson, LessonBody
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionStatistics
from lyceum.search import goods, help_questions
from lyceum.search.documents import Document
from lyceum.search.plain_values import facets_of, seconds_of, text_of

_TITLE = 160
_TOGETHER = 100


def read(kind: str, item_id: str) -> tuple[Document | None, int]:
    """Read an item and return its document, None when it is not to be found, with its version (0 when it is gone)."""
    return _READERS[kind](item_id)


def everything() -> Iterator[Document]:
    """Yield every document of the tenant, for a rebuild; reads what is published, list by list."""
    for questions in _batches(find_all(Question, index="gsi2", status="approved")):
        found = batch_fetch([QuestionStatistics.at(question_id=each.question_id) for each in questions])
        for question, statistics in zip(questions, found, strict=True):
            yield of_question(question, statistics)
    for course in find_all(Course, index="gsi2", status="published"):
        if shown := of_course(course):
            yield shown
            yield from parts_of(course)
    for items in _batches(find_all(ContentItem, index="gsi1", state="published")):
        found = batch_fetch([ContentStatistics.at(content_id=each.content_id) for each in items])
        for item, statistics in zip(items, found, strict=True):
            yield of_content(item, statistics)
    yield from goods.everything()
    yield from help_questions.everything()


def parts_of(course: Course) -> Iterator[Document]:
    """Yield the documents of a published course's topics and lessons."""
    for topic in find_all(Topic, index="gsi1", course_id=course.course_id):
        yield of_topic(topic, course)
    outline = CourseOutline.fetch(course_id=course.course_id)
    for lesson_ids in _batches(iter(outline.lesson_ids if outline else ())):
        lessons = [each for each in batch_fetch([Lesson.at(lesson_id=each) for each in lesson_ids]) if each]
        previews = [each for each in lessons if isinstance(each, Lesson) and each.is_preview]
        bodies = batch_fetch([LessonBody.at(lesson_id=each.lesson_id) for each in previews])
        texts = {each.lesson_id: each for each in bodies if isinstance(each, LessonBody)}
        for lesson in lessons:
            if isinstance(lesson, Lesson):
                yield of_lesson(lesson, texts.get(lesson.lesson_id), course)


def of_question(question: Question, statistics: Any = None) -> Document:
    """Return the document of an approved question."""
    stem = text_of(question.stem)
    attempts = int(statistics.attempts) if isinstance(statistics, QuestionStatistics) else 0
    numbers: dict[str, float] = {
        "created_at": seconds_of(question.created_at), "marks": float(question.marks), "attempts": float(attempts),
    }  # fmt: skip
    if attempts and statistics:
        numbers["facility"] = round(int(statistics.credit_sum) / 10_000 / attempts, 4)
    for name in ("year", "level"):
        if getattr(question, name) is not None:
            numbers[name] = float(getattr(question, name))
    return Document(
        kind="question",
        item_id=question.question_id,
        title=stem[:_TITLE],
        text=f"{stem[_TITLE:]} {_texts_of(question.content)} {question.source or ''}",
        hidden_until=int(seconds_of(question.embargoed_until)) if question.embargoed_until else 0,
        facets=facets_of(
            question, "topic_id", "course_id", "department_id", "type", "difficulty", "subject", "exam_body",
            "author_id", "tags",
        ),
        numbers=numbers,
        popularity=attempts,
        shown={"topic_id": question.topic_id, "course_id": question.course_id},
    )  # fmt: skip


def of_course(course: Course) -> Document | None:
    """Return the document of a course, None when it is no published one."""
    if course.status != "published" or course.emptied_at:
        return None
    numbers = {"created_at": seconds_of(course.created_at), "level": float(course.level or 0)}
    if course.rating_count:
        numbers |= {"rating": course.rating_sum / course.rating_count, "rating_count": float(course.rating_count)}
    return Document(
        kind="course",
        item_id=course.course_id,
        title=course.title,
        text=text_of(course.description or ""),
        codes=(course.code,) if course.code else (),
        facets=facets_of(course, "department_id", "category", "difficulty")
        | {"course_id": course.course_id, "author_id": course.instructor_id},
        numbers=numbers,
        popularity=int(course.enrolment_count),
        shown={"course_id": course.course_id, "code": course.code or None},
    )


def of_topic(topic: Topic, course: Course) -> Document:
    """Return the document of a topic of a published course."""
    return Document(
        kind="topic",
        item_id=topic.topic_id,
        title=topic.title,
        text=f"{text_of(topic.description or '')} {' '.join(topic.syllabus_tags)}",
        codes=(course.code,) if course.code else (),
        facets=facets_of(topic, "course_id", "department_id") | {"topic_id": topic.topic_id},
        numbers={"created_at": seconds_of(topic.created_at)},
        popularity=int(topic.question_count),
        shown={"topic_id": topic.topic_id, "course_id": topic.course_id, "of": course.title},
    )


def of_lesson(lesson: Lesson, body: LessonBody | None, course: Course) -> Document:
    """Return the document of a lesson of a published course; of its text only that of a preview."""
    text = text_of(body.body) if body and lesson.is_preview else ""
    return Document(
        kind="lesson",
        item_id=lesson.lesson_id,
        title=lesson.title,
        text=f"{text_of(lesson.summary or '')} {text}",
        facets=facets_of(lesson, "course_id") | {"type": lesson.format, "department_id": course.department_id},
        numbers={"created_at": seconds_of(lesson.created_at)},
        shown={"course_id": lesson.course_id, "of": course.title},
    )


def of_content(item: ContentItem, statistics: Any = None) -> Document:
    """Return the document of a published item of the library."""
    numbers = {"created_at": seconds_of(item.published_at or item.created_at)}
    downloads = 0
    if isinstance(statistics, ContentStatistics):
        downloads, count = int(statistics.downloads), int(statistics.rating_count)
        numbers |= {"rating": int(statistics.rating_sum) / count, "rating_count": float(count)} if count else {}
    published = item.published_at.isoformat() if item.published_at else None
    return Document(
        kind="content",
        item_id=item.content_id,
        title=item.title,
        text=f"{text_of(item.description or '')} {item.search_text}",
        facets=facets_of(item, "topic_id", "type", "subject", "grade_level", "language", "tags")
        | {"author_id": item.owner_id},
        numbers=numbers,
        popularity=downloads,
        shown={"topic_id": item.topic_id, "published_at": published},
    )


def _read_question(item_id: str) -> tuple[Document | None, int]:
    question, statistics = batch_fetch(
        [Question.at(question_id=item_id), QuestionStatistics.at(question_id=item_id)], consistent=True
    )
    if not isinstance(question, Question):
        return None, 0
    return (of_question(question, statistics) if question.status == "approved" else None), int(question.version)


def _read_course(item_id: str) -> tuple[Document | None, int]:
    course = Course.fetch(course_id=item_id, consistent=True)
    return (of_course(course), int(course.version)) if course else (None, 0)


def _read_topic(item_id: str) -> tuple[Document | None, int]:
    topic = Topic.fetch(topic_id=item_id, consistent=True)
    if topic is None:
        return None, 0
    course = Course.fetch(course_id=topic.course_id, consistent=True)
    return (of_topic(topic, course) if _is_open(course) else None), int(topic.version)  # type: ignore[arg-type]


def _read_lesson(item_id: str) -> tuple[Document | None, int]:
    lesson, body = batch_fetch([Lesson.at(lesson_id=item_id), LessonBody.at(lesson_id=item_id)], consistent=True)
    if not isinstance(lesson, Lesson):
        return None, 0
    course = Course.fetch(course_id=lesson.course_id, consistent=True)
    text = body if isinstance(body, LessonBody) else None
    version = int(lesson.version) + (int(text.version) if text else 0)
    return (of_lesson(lesson, text, course) if _is_open(course) else None), version  # type: ignore[arg-type]


def _read_content(item_id: str) -> tuple[Document | None, int]:
    item, statistics = batch_fetch(
        [ContentItem.at(content_id=item_id), ContentStatistics.at(content_id=item_id)], consistent=True
    )
    if not isinstance(item, ContentItem):
        return None, 0
    return (of_content(item, statistics) if item.state == "published" else None), int(item.version)


_READERS: dict[str, Callable[[str], tuple[Document | None, int]]] = {
    "question": _read_question,
    "course": _read_course,
    "topic": _read_topic,
    "lesson": _read_lesson,
    "content": _read_content,
    "product": goods.read_product,
    "offer": goods.read_offer,
    "help_question": help_questions.read,
}


def _is_open(course: Course | None) -> bool:
    return course is not None and of_course(course) is not None


def _texts_of(content: Any) -> str:
    """Return the texts of a question's options, prompts, choices and items, in their order."""
    if isinstance(content, dict):
        own = [content["text"]] if isinstance(content.get("text"), str) else []
        return " ".join([*(text_of(each) for each in own), *(_texts_of(each) for each in content.values())]).strip()
    return " ".join(_texts_of(each) for each in content).strip() if isinstance(content, list) else ""


def _batches(items: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == _TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch
