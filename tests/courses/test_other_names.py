"""Names and words that clients of other products know, read as ours."""

from tests.support.http import Client
from tests.support.story import PASSWORD, Story


def test_a_course_and_its_lessons_are_read_under_other_names(client: Client) -> None:
    instructor, story = client.as_("instructor"), Story(client)
    topic = client.get(f"/api/topics/{story.topic(client.as_('admin'), instructor)}").data
    shown = client.get(f"/api/courses/{topic['courseId']}").data
    fields = {"code": "MTH 102", "title": "Analysis", "level": 100, "creditUnits": 3, "difficultyLevel": "advanced"}
    made = instructor.post("/api/courses", {"departmentId": shown["departmentId"], "isPublished": True, **fields}).data
    assert made["difficulty"] == "advanced"
    lesson = {"title": "Limits", "description": "What a limit is.", "estimatedTime": 25}
    added = instructor.post(f"/api/courses/{made['courseId']}/lessons", lesson).data
    assert (added["summary"], added["durationMinutes"]) == ("What a limit is.", 25)
    listed = client.get("/api/courses", {"difficultyLevel": "advanced"}).data
    assert [course["courseId"] for course in listed] == [made["courseId"]]


def test_both_names_of_a_field_are_refused(client: Client) -> None:
    refused = client.get("/api/courses", {"difficulty": "beginner", "difficultyLevel": "advanced"})
    assert refused.error.fields == {"difficultyLevel"}


def test_questions_are_listed_by_topic_and_by_the_usual_word_for_their_type(client: Client) -> None:
    story = Story(client)
    topic = story.topic(client.as_("admin"), client.as_("instructor"))
    made = story.approved_question(client.as_("instructor"), client.as_("moderator"), topic)
    found = client.get("/api/questions", {"topic": topic, "type": "multiple_choice"}).data
    assert [question["questionId"] for question in found] == [made["questionId"]]


def test_an_educator_registers_as_an_instructor(client: Client) -> None:
    made = client.post("/api/auth/register", Story.person("chidi") | {"role": "educator", "password": PASSWORD})
    assert (made.status, made.data["role"]) == (201, "instructor")


def test_ones_own_id_in_a_body_is_ignored_and_anothers_refused(client: Client) -> None:
    story = Story(client)
    topic = client.get(f"/api/topics/{story.topic(client.as_('admin'), client.as_('instructor'))}").data
    student, eve = client.as_("student"), client.as_("eve", "student")
    enrol = f"/api/courses/{topic['courseId']}/enroll"
    assert student.post(enrol, {"userId": eve.user_id}).error.fields == {"userId"}
    assert student.post("/api/profile/check-username", {"username": "ada", "userId": student.user_id}).status == 200
    assert student.post("/api/profile/check-username", {"username": "ada", "userId": eve.user_id}).status == 400
