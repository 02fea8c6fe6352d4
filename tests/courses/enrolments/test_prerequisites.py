"""Prerequisites: no duplicates, no circles, not even when two edges come at once."""

from functools import partial
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyceum.model.courses.course import Course, DependentCourse
from tests.courses.conftest import School, outcome, together, who
from tests.support.http import Client, Reply

from functions.courses import prerequisites


def ask(school: School, course_id: str, prerequisite_id: str) -> Reply:
    return school.teacher.post(f"/api/courses/{course_id}/prerequisites", {"prerequisiteId": prerequisite_id})


def test_both_sides_show_the_edge_and_it_goes_from_both(client: Client, school: School) -> None:
    first, second = school.course(title="First"), school.course(title="Second")
    assert ask(school, second, first).data["prerequisiteIds"] == [first]
    assert [link["title"] for link in client.get(f"/api/courses/{second}").data["prerequisites"]] == ["First"]
    assert [link["title"] for link in client.get(f"/api/courses/{first}").data["requiredBy"]] == ["Second"]
    assert ask(school, second, first).error.code == "DUPLICATE_PREREQUISITE"
    assert client.as_("eve", "instructor").delete(f"/api/courses/{second}/prerequisites/{first}").status == 403
    assert school.teacher.delete(f"/api/courses/{second}/prerequisites/{first}").status == 200
    assert school.teacher.delete(f"/api/courses/{second}/prerequisites/{first}").status == 404
    assert (
        client.get(f"/api/courses/{second}").data["prerequisites"]
        == client.get(f"/api/courses/{first}").data["requiredBy"]
        == []
    )


def test_a_circle_is_refused_however_long(school: School) -> None:
    courses = [school.course(title=f"Course {number}") for number in range(4)]
    assert ask(school, courses[0], courses[0]).error.fields == {"PREREQUISITE_CYCLE"}
    for before, after in pairwise(courses):
        assert ask(school, after, before).status == 201
    assert ask(school, courses[0], courses[3]).error.fields == {"PREREQUISITE_CYCLE"}
    assert ask(school, courses[0], "0" * 26).status == 404


def test_edges_added_at_once_close_no_circle(school: School) -> None:
    ring = [school.course(title=f"Course {number}") for number in range(3)]
    edges = zip(ring, [*ring[1:], ring[0]], strict=True)
    results = together(*(partial(prerequisites.add, who(school.teacher), *edge) for edge in edges))
    assert results == ["RULE_VIOLATION", "done", "done"]


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edges=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_the_graph_never_has_a_circle_and_both_sides_agree(school: School, edges: list[tuple[int, int]]) -> None:
    courses = [school.course(title=f"Course {number}") for number in range(5)]
    model: dict[int, set[int]] = {number: set() for number in range(5)}

    def reaches(start: int, goal: int) -> bool:
        return start == goal or any(reaches(each, goal) for each in model[start])

    for course, wanted in edges:
        result = outcome(partial(prerequisites.add, who(school.teacher), courses[course], courses[wanted]))
        expected = (
            "DUPLICATE_PREREQUISITE"
            if wanted in model[course]
            else "RULE_VIOLATION"
            if reaches(wanted, course)
            else "done"
        )
        assert result == expected
        if result == "done":
            model[course].add(wanted)
    for number, course_id in enumerate(courses):
        assert set(Course.require(course_id=course_id).prerequisite_ids or ()) == {
            courses[each] for each in model[number]
        }
        assert all(DependentCourse.fetch(course_id=courses[each], dependent_id=course_id) for each in model[number])
