"""The quiz is shown and answered: answers are kept, and what they advise is worked out from them."""

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Detail, ValidationFailed
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.courses.course import Course, CourseRanking
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.study.learners import PersonalizationAnswers

from functions.study.personalization import advice
from functions.study.personalization.quiz import CURRENT, QUIZZES
from functions.study.personalization.schemas import Advice, ChoiceView, QuestionView, QuizAnswers, QuizView


def show(caller: Principal) -> QuizView:
    """Return the quiz with what the caller answered last (1 request)."""
    last = PersonalizationAnswers.fetch(user_id=caller.user_id)
    return QuizView(
        version=CURRENT.version,
        questions=[
            QuestionView(
                id=question.id,
                text=question.text,
                choices=[ChoiceView(id=choice.id, text=choice.text) for choice in question.choices],
                most_choices=question.most_choices,
            )
            for question in CURRENT.questions
        ],
        answers=last.answers if last else None,
        answered_version=int(last.quiz_version) if last else None,
        answered_at=last.answered_at if last else None,
    )


def answer(caller: Principal, given: QuizAnswers) -> Advice:
    """Keep the caller's answers and advise (3 reads, 1 write).

    Raises Conflict for a version that there is not, ValidationFailed for answers that are missing or no choices.
    """
    quiz = QUIZZES.get(given.version)
    if quiz is None:
        raise Conflict("There is another version of the quiz now; show it again.", code="QUIZ_CHANGED")
    wrong = advice.wrong(quiz, given.answers)
    today = clock.now().date()
    details = [Detail(f"answers.{name}", text) for name, text in wrong.items()]
    if given.target_date is not None and given.target_date <= today:
        details.append(Detail("targetDate", "The target lies after today."))
    if details:
        raise ValidationFailed("Some answers are missing or wrong.", details=details)
    found = _courses(caller, given)
    kept = PersonalizationAnswers(
        user_id=caller.user_id, quiz_version=given.version, answers=given.answers, answered_at=clock.now()
    )
    Unit().put(kept).commit()
    return Advice(
        version=quiz.version,
        courses=[advice.course(course, quiz, given.answers) for course in found],
        plan=advice.plan(given.answers, found[0] if found else None, today, given.target_date),
        study_times=advice.study_times(given.answers, quiz),
        preferences=advice.preferences(given.answers, quiz),
        goals=advice.goals(given.answers),
    )


def _courses(caller: Principal, given: QuizAnswers) -> list[Course]:
    """Return the courses that fit, of the hundred with most students, less those that the caller is or was in."""
    taken = {each.course_id for each in find(Enrolment, index="gsi1", user_id=caller.user_id).items}
    popular = find(CourseRanking, index="gsi1", descending=True).items
    best = advice.ranked(given.answers, [each for each in popular if each.course_id not in taken])
    found = batch_fetch([Course.at(course_id=each.course_id) for each in best])
    return [course for course in found if isinstance(course, Course) and course.status == "published"]
