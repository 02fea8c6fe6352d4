"""The catalogue over HTTP: everybody reads it, admins and instructors keep it."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, Api, IfMatch, Listing, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.table import find
from lyceum.model.catalog import Topic, University
from lyceum.rules.sessions import recheck

from functions.catalog import tree
from functions.catalog.schemas import (
    CourseRow,
    DepartmentDetails,
    DepartmentFields,
    DepartmentView,
    FacultyDetails,
    FacultyFields,
    FacultyView,
    NewDepartment,
    NewFaculty,
    NewTopic,
    Removed,
    TopicFields,
    TopicView,
    UniversityDetails,
    UniversityFields,
    UniversityView,
)

api = Api("catalog", recheck=recheck)
handler = api.handler
SHARED = "public, max-age=60"


@api.get("/api/universities", access=PUBLIC, cache_control=SHARED)
def list_universities(query: Annotated[Listing, Query()]) -> Page[UniversityView]:
    """List the universities by name."""
    return query.page(
        find(University, index="gsi1", limit=query.limit, after=query.start_key()), UniversityView.model_validate
    )


@api.post("/api/universities", access=may(Permission.MANAGE_CATALOGUE), status=201, idempotent=True)
def create_university(body: UniversityFields) -> UniversityView:
    """Add a university."""
    return UniversityView.model_validate(tree.create(tree.UNIVERSITY, body))


@api.get("/api/universities/{universityId}", access=PUBLIC, cache_control=SHARED)
def show_university(university_id: str) -> UniversityDetails:
    """Show a university with its faculties."""
    node, faculties = tree.details(tree.UNIVERSITY, university_id)
    return UniversityDetails(
        **vars(UniversityView.model_validate(node)), faculties=[FacultyView.model_validate(each) for each in faculties]
    )


@api.put("/api/universities/{universityId}", access=may(Permission.MANAGE_CATALOGUE))
def update_university(university_id: str, body: UniversityFields, if_match: IfMatch) -> UniversityView:
    """Replace a university's fields."""
    return UniversityView.model_validate(tree.update(tree.UNIVERSITY, university_id, body, if_match))


@api.delete("/api/universities/{universityId}", access=may(Permission.MANAGE_CATALOGUE))
def delete_university(university_id: str) -> Removed:
    """Remove a university that has no faculties."""
    tree.remove(tree.UNIVERSITY, university_id)
    return Removed(id=university_id)


@api.get("/api/universities/{universityId}/faculties", access=PUBLIC, cache_control=SHARED)
def list_faculties(university_id: str, query: Annotated[Listing, Query()]) -> Page[FacultyView]:
    """List the faculties of a university by name."""
    return query.page(
        tree.children(tree.UNIVERSITY, university_id, limit=query.limit, after=query.start_key()),
        FacultyView.model_validate,
    )


@api.post("/api/faculties", access=may(Permission.MANAGE_CATALOGUE), status=201, idempotent=True)
def create_faculty(body: NewFaculty) -> FacultyView:
    """Add a faculty to a university."""
    return FacultyView.model_validate(tree.create(tree.FACULTY, body))


@api.get("/api/faculties/{facultyId}", access=PUBLIC, cache_control=SHARED)
def show_faculty(faculty_id: str) -> FacultyDetails:
    """Show a faculty with its departments."""
    node, departments = tree.details(tree.FACULTY, faculty_id)
    return FacultyDetails(
        **vars(FacultyView.model_validate(node)),
        departments=[DepartmentView.model_validate(each) for each in departments],
    )


@api.put("/api/faculties/{facultyId}", access=may(Permission.MANAGE_CATALOGUE))
def update_faculty(faculty_id: str, body: FacultyFields, if_match: IfMatch) -> FacultyView:
    """Replace a faculty's fields."""
    return FacultyView.model_validate(tree.update(tree.FACULTY, faculty_id, body, if_match))


@api.delete("/api/faculties/{facultyId}", access=may(Permission.MANAGE_CATALOGUE))
def delete_faculty(faculty_id: str) -> Removed:
    """Remove a faculty that has no departments."""
    tree.remove(tree.FACULTY, faculty_id)
    return Removed(id=faculty_id)


@api.get("/api/faculties/{facultyId}/departments", access=PUBLIC, cache_control=SHARED)
def list_departments(faculty_id: str, query: Annotated[Listing, Query()]) -> Page[DepartmentView]:
    """List the departments of a faculty by name."""
    return query.page(
        tree.children(tree.FACULTY, faculty_id, limit=query.limit, after=query.start_key()),
        DepartmentView.model_validate,
    )


@api.post("/api/departments", access=may(Permission.MANAGE_CATALOGUE), status=201, idempotent=True)
def create_department(body: NewDepartment) -> DepartmentView:
    """Add a department to a faculty."""
    return DepartmentView.model_validate(tree.create(tree.DEPARTMENT, body))


@api.get("/api/departments/{departmentId}", access=PUBLIC, cache_control=SHARED)
def show_department(department_id: str) -> DepartmentDetails:
    """Show a department with its courses."""
    node, courses = tree.details(tree.DEPARTMENT, department_id)
    return DepartmentDetails(
        **vars(DepartmentView.model_validate(node)), courses=[CourseRow.model_validate(each) for each in courses]
    )


@api.put("/api/departments/{departmentId}", access=may(Permission.MANAGE_CATALOGUE))
def update_department(department_id: str, body: DepartmentFields, if_match: IfMatch) -> DepartmentView:
    """Replace a department's fields."""
    return DepartmentView.model_validate(tree.update(tree.DEPARTMENT, department_id, body, if_match))


@api.delete("/api/departments/{departmentId}", access=may(Permission.MANAGE_CATALOGUE))
def delete_department(department_id: str) -> Removed:
    """Remove a department that has no courses."""
    tree.remove(tree.DEPARTMENT, department_id)
    return Removed(id=department_id)


@api.get("/api/departments/{departmentId}/courses", access=PUBLIC, cache_control=SHARED)
def list_department_courses(department_id: str, query: Annotated[Listing, Query()]) -> Page[CourseRow]:
    """List the courses of a department by level."""
    return query.page(
        tree.children(tree.DEPARTMENT, department_id, limit=query.limit, after=query.start_key()),
        CourseRow.model_validate,
    )


@api.post("/api/topics", access=may(Permission.WRITE_TOPICS), status=201, idempotent=True)
def create_topic(body: NewTopic) -> TopicView:
    """Add a topic to a course's syllabus."""
    return TopicView.model_validate(tree.create(tree.TOPIC, body))


@api.get("/api/topics/{topicId}", access=PUBLIC, cache_control="public, max-age=5")
def show_topic(topic_id: str) -> TopicView:
    """Show a topic with its number of questions."""
    return TopicView.model_validate(Topic.require(topic_id=topic_id))


@api.put("/api/topics/{topicId}", access=may(Permission.WRITE_TOPICS))
def update_topic(topic_id: str, body: TopicFields, if_match: IfMatch) -> TopicView:
    """Replace a topic's fields."""
    return TopicView.model_validate(tree.update(tree.TOPIC, topic_id, body, if_match))


@api.delete("/api/topics/{topicId}", access=may(Permission.WRITE_TOPICS))
def delete_topic(topic_id: str) -> Removed:
    """Remove a topic that has no questions."""
    tree.remove(tree.TOPIC, topic_id)
    return Removed(id=topic_id)
