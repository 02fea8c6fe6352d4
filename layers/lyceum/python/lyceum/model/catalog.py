"""The catalogue: university, faculty, department, topic; each knows its parent and counts its children.

Courses, which stand between departments and topics, are in `lyceum.model.courses.course`.
"""

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys


class University(Entity, discriminator="university"):
    """The root of a catalogue tree."""

    keys = Keys(
        "UNIVERSITY#{university_id}", "UNIVERSITY", gsi1=Index("UNIVERSITIES#all", "{sort_name}#{university_id}")
    )
    noun = "university"

    university_id = UnicodeAttribute()
    name = UnicodeAttribute()
    sort_name = UnicodeAttribute()
    short_name = UnicodeAttribute(null=True)
    country = UnicodeAttribute()
    city = UnicodeAttribute(null=True)
    website = UnicodeAttribute(null=True)
    child_count = NumberAttribute(default=0)


class Faculty(Entity, discriminator="faculty"):
    """A faculty of a university."""

    keys = Keys("FACULTY#{faculty_id}", "FACULTY", gsi1=Index("FACULTIES#{university_id}", "{sort_name}#{faculty_id}"))
    noun = "faculty"

    faculty_id = UnicodeAttribute()
    university_id = UnicodeAttribute()
    name = UnicodeAttribute()
    sort_name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    child_count = NumberAttribute(default=0)


class Department(Entity, discriminator="department"):
    """A department of a faculty."""

    keys = Keys(
        "DEPARTMENT#{department_id}",
        "DEPARTMENT",
        gsi1=Index("DEPARTMENTS#{faculty_id}", "{sort_name}#{department_id}"),
    )
    noun = "department"

    department_id = UnicodeAttribute()
    faculty_id = UnicodeAttribute()
    university_id = UnicodeAttribute()
    name = UnicodeAttribute()
    sort_name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    child_count = NumberAttribute(default=0)


class Topic(Entity, discriminator="topic"):
    """A topic of a course's syllabus, in its order; `question_count`, of approved questions, follows from events."""

    keys = Keys("TOPIC#{topic_id}", "TOPIC", gsi1=Index("SYLLABUS#{course_id}", "{order:04d}#{topic_id}"))
    noun = "topic"

    topic_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    department_id = UnicodeAttribute(null=True)
    title = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    order = NumberAttribute()
    syllabus_tags: ListAttribute[str] = ListAttribute(default=list)
    question_count = NumberAttribute(default=0)
