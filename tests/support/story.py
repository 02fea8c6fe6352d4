"""The story in process: an author writes, a moderator approves, a student sits an exam."""

from collections.abc import Callable
from itertools import count
from typing import Any

from tests.support.http import Client, Reply

PASSWORD = "a quiet green river"


class Story:
    """The people and things of one story; every step is one request."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._numbers = count(1)

    def repeatable(self, times: int = 1) -> list[tuple[str, Callable[[], Reply]]]:
        """Set the scene, and return each kind of request of the story as something that may be called so many times."""
        admin, instructor, moderator = (self.client.as_(role) for role in ("admin", "instructor", "moderator"))
        topic_id = self.topic(admin, instructor)
        for _ in range(45):
            self.approved_question(instructor, moderator, topic_id)
        running = self.start(self.fresh_student(), topic_id, 40).data
        student = self._sitting
        self.client.post("/api/auth/register", self.person("reader"))
        seq = count(2)
        question = running["questions"][0]

        def answer() -> Reply:
            body = {"questionId": question["questionId"], "optionIds": ["a"], "seq": next(seq)}
            return student.post(f"/api/exams/{running['examId']}/answer", body)

        def sitting() -> tuple[Client, str]:
            someone = self.fresh_student()
            return someone, f"/api/exams/{self.start(someone, topic_id, 40).data['examId']}"

        sittings = [sitting() for _ in range(times)]

        def submit() -> Reply:
            someone, path = sittings.pop()
            return someone.post(f"{path}/submit")

        finisher, finished = sitting()
        finisher.post(f"{finished}/submit")
        beginners = [self.fresh_student() for _ in range(2 * times)]
        return [
            (
                "POST /api/auth/login",
                lambda: self.client.post("/api/auth/login", {"identifier": "reader", "password": PASSWORD}),
            ),
            ("GET /api/auth/me", lambda: student.get("/api/auth/me")),
            ("POST /api/questions", lambda: self.question(instructor, topic_id)),
            ("GET /api/questions", lambda: student.get("/api/questions", {"topicId": topic_id})),
            (
                "GET /api/questions/random (40)",
                lambda: student.get("/api/questions/random", {"topicId": topic_id, "count": 40, "again": "true"}),
            ),
            ("POST /api/exams/start (40)", lambda: self.start(beginners.pop(), topic_id, 40)),
            ("GET /api/exams/{examId} (40)", lambda: student.get(f"/api/exams/{running['examId']}")),
            ("POST /api/exams/{examId}/answer", answer),
            ("POST /api/exams/{examId}/submit (40)", submit),
            ("GET /api/exams/{examId}/summary (40)", lambda: finisher.get(f"{finished}/summary")),
            ("GET /api/notifications", lambda: student.get("/api/notifications")),
            ("POST /api/uploads", lambda: beginners.pop().post("/api/uploads", UPLOAD)),
            ("GET /api/topics/{topicId}", lambda: student.get(f"/api/topics/{topic_id}")),
        ]

    def topic(self, admin: Client, instructor: Client) -> str:
        """Build a catalogue down to one topic and return its id."""
        university = admin.post("/api/universities", {"name": "Ogun Valley University", "country": "NG"}).data
        faculty = admin.post("/api/faculties", {"name": "Science", "universityId": university["universityId"]}).data
        department = admin.post("/api/departments", {"name": "Mathematics", "facultyId": faculty["facultyId"]}).data
        fields = {"code": "MTH 101", "title": "Algebra", "level": 100, "creditUnits": 3, "isPublished": True}
        course = {"departmentId": department["departmentId"], **fields}
        course_id = instructor.post("/api/courses", course).data["courseId"]
        return str(instructor.post("/api/topics", {"title": "Sets", "courseId": course_id, "order": 1}).data["topicId"])

    def question(self, author: Client, topic_id: str) -> Reply:
        """Write a question that nobody wrote before."""
        number = next(self._numbers)
        return author.post(
            "/api/questions",
            {
                "type": "single",
                "topicId": topic_id,
                "stem": f"What is {number} + {number}?",
                "difficulty": "easy",
                "options": [
                    {"id": "a", "text": str(2 * number)},
                    {"id": "b", "text": str(number)},
                    {"id": "c", "text": "none of these"},
                ],
                "correctOptionIds": ["a"],
                "explanation": "Adding a number to itself doubles it.",
            },
        )

    @staticmethod
    def right_option(question: dict[str, Any]) -> str:
        """Return the id of the right option of a question that stands in an exam, by working it out."""
        number = int(question["stem"].split()[2])
        (right,) = [str(option["id"]) for option in question["options"] if option["text"] == str(2 * number)]
        return right

    def approved_question(self, author: Client, moderator: Client, topic_id: str) -> dict[str, Any]:
        """Write a question and let it into the bank."""
        made: dict[str, Any] = self.question(author, topic_id).data
        decided = moderator.post("/api/admin/questions/batch-approve", {"questionIds": [made["questionId"]]}).data
        assert decided["results"][0]["result"] == "approved"
        return made

    def start(self, student: Client, topic_id: str, questions: int) -> Reply:
        """Start a practice exam."""
        self._sitting = student
        return student.post("/api/exams/start", {"mode": "practice", "topicIds": [topic_id], "count": questions})

    def fresh_student(self) -> Client:
        """Return a student who has done nothing yet."""
        return self.client.as_(f"student{next(self._numbers)}", "student")

    @staticmethod
    def person(name: str) -> dict[str, str]:
        """Return what somebody registers with."""
        return {
            "email": f"{name}@example.com",
            "username": name,
            "password": PASSWORD,
            "firstName": name.title(),
            "lastName": "Test",
        }


UPLOAD = {"purpose": "avatar", "fileName": "me.jpg", "contentType": "image/jpeg", "sizeBytes": 1000}
