"""A course that is not completed after all takes back what it gave, in whatever order that is told (EXAM R3)."""

from collections.abc import Callable

from lyceum.events.courses import CourseCompleted, CourseUncompleted
from lyceum.model.gamification.points import PlayerFigures
from tests.support.http import Client

BOARD = "/api/leaderboards/global"


def test_r3_points_and_figures_of_a_course_go_and_come_back(client: Client, tell: Callable[..., None]) -> None:
    ada = client.as_("ada", "student")
    about = {"course_id": "c", "user_id": ada.user_id}

    def standing() -> tuple[int, int]:
        figures = PlayerFigures.require(user_id=ada.user_id).figures
        return int(ada.get(BOARD).data["rankings"][0]["points"]), int(figures.get("courses", 0))

    first = CourseCompleted(**about, title="C", revision=3)
    tell(CourseCompleted(course_id="d", user_id=ada.user_id, title="D"), first)
    assert standing() == (400, 2)
    tell(CourseUncompleted(**about, revision=5))
    assert standing() == (200, 1)
    tell(CourseCompleted(**about, title="C", revision=4))  # late
    assert standing() == (200, 1)
    tell(CourseCompleted(**about, title="C", revision=7), CourseUncompleted(**about, revision=6))
    assert standing() == (400, 2)
