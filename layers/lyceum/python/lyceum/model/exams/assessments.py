"""What instructors publish for others to sit: practice tests, quizzes of a course, and papers.

The questions are drawn or named once, and frozen in forms; each session takes its copy from there. Attempts list the
sessions of one assessment for those who own it.
"""

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from lyceum.kit.table.entity import Entity, Index, Keys, Moment, PackedJSON


class Assessment(Entity, discriminator="assessment"):
    """A practice test, quiz, assignment or paper. States: draft, published, deleted.

    Published practice tests stand in a list by subject and grade level, papers in that of their owner.

    - `policy`: the rules of its sessions.
    - `sections`: the parts of the paper.
    - `accommodations`: what single students get beyond the rules, by user.
    - `draw`: what the questions came from.
    - `forms`: the letters of its forms; `forms_version`: how often they were made.
    - `parts`: of how many parts its list of attempts consists, and of how many what is due for these.
    - `extended_seconds`: by how much the end of the window has moved.
    - `paused_at`: while it is set, nobody starts; `pause_id` is the incident that brought it to the sessions.
    - `ruling_ids`: incidents that ruled on its questions; they reach sessions that run still at their end.
    - `release_postponed_until`: until then nothing is told of what was asked, since single sessions go on for as long;
      `postponements` says which, and until when each.
    - `after_keys_at`: whoever was shown what is right in an attempt that began before may try again.
    """

    keys = Keys(
        "ASSESSMENT#{assessment_id}",
        "ASSESSMENT",
        gsi1=Index("TESTS#{mode}", "{subject_key}#{grade_key}#{assessment_id}", when={"state": "published"}),
        gsi2=Index("PAPERS#{owner_id}", "{assessment_id}", when={"mode": "paper"}),
    )
    noun = "assessment"

    assessment_id = UnicodeAttribute()
    mode = UnicodeAttribute()
    state = UnicodeAttribute(default="draft")
    title = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    grade_level = UnicodeAttribute(null=True)
    subject_key = UnicodeAttribute(null=True)
    grade_key = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    lesson_id = UnicodeAttribute(null=True)
    is_required = BooleanAttribute(default=True)
    owner_id = UnicodeAttribute()
    topic_ids: ListAttribute[str] = ListAttribute(default=list)
    question_count = NumberAttribute()
    max_score = UnicodeAttribute()
    policy: Any = JSONAttribute()
    sections: Any = JSONAttribute(default=list)
    accommodations: Any = JSONAttribute(default=dict)
    draw: Any = PackedJSON(default=dict)
    forms: ListAttribute[str] = ListAttribute(default=list)
    forms_version = NumberAttribute(null=True)
    parts = NumberAttribute(default=1)
    opens_at = Moment(null=True)
    closes_at = Moment(null=True)
    extended_seconds = NumberAttribute(default=0)
    paused_at = Moment(null=True)
    pause_id = UnicodeAttribute(null=True)
    ruling_ids: ListAttribute[str] = ListAttribute(default=list)
    release_postponed_until = Moment(null=True)
    postponements: Any = JSONAttribute(default=dict)
    after_keys_at = Moment(null=True)


class AssessmentForm(Entity, discriminator="assessment_form"):
    """The questions of one form of an assessment as they were when it was made, without keys: compressed JSON.

    - `forms_version`: that of the assessment since which the form stands.
    """

    keys = Keys("ASSESSMENT#{assessment_id}", "FORM#{form}")
    noun = "form"

    assessment_id = UnicodeAttribute()
    form = UnicodeAttribute()
    forms_version = NumberAttribute(null=True)
    content = BinaryAttribute(legacy_encoding=False)
    expected_facility = UnicodeAttribute(null=True)


class DueParts(Entity, discriminator="due_parts"):
    """Of how many `parts` what is due for exam sessions in a minute consists at most."""

    keys = Keys("DUEPARTS#exams", "MOST")
    noun = "number of parts"

    parts = NumberAttribute(default=1)


class EmbargoedBank(Entity, discriminator="embargoed_bank"):
    """How many questions of others an author's exams keep secret at a time.

    - `held`: by assessment, the `count` of its questions, and `until` when it keeps them.
    """

    keys = Keys("EMBARGOES#{owner_id}", "BANK")
    noun = "embargo"

    owner_id = UnicodeAttribute()
    held: Any = JSONAttribute(default=dict)


class SavedBlueprint(Entity, discriminator="saved_blueprint"):
    """A blueprint that a teacher keeps for later papers; `sections` as the API takes them."""

    keys = Keys("BLUEPRINTS#{owner_id}", "{blueprint_id}")
    noun = "blueprint"

    owner_id = UnicodeAttribute()
    blueprint_id = UnicodeAttribute()
    title = UnicodeAttribute()
    duration_seconds = NumberAttribute()
    sections: Any = JSONAttribute()


class AssessmentAttempt(Entity, discriminator="assessment_attempt"):
    """A session in the list of its assessment, in the order of the starts. States: running, finished.

    - `assessment_id`: names the list; behind a dot the number of its part, where there are several.
    """

    keys = Keys("ATTEMPTS#{assessment_id}", "{exam_id}")
    noun = "attempt"

    assessment_id = UnicodeAttribute()
    exam_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    attempt = NumberAttribute(default=1)
    state = UnicodeAttribute()
    started_at = Moment()
    finished_at = Moment(null=True)
    cause = UnicodeAttribute(null=True)
    score = UnicodeAttribute(null=True)
    percent = UnicodeAttribute(null=True)
    is_passed = BooleanAttribute(null=True)
    is_pending = BooleanAttribute(default=False)


class Incident(Entity, discriminator="incident"):
    """Something that is done to all sessions of an assessment: see `action`.

    - `sequence`: the version of the assessment that it came with; of several the highest is the last.
    - `action`: `extend`, `pause`, `resume`, `move_release`, `release_results` or `regrade`.
    - `seconds`: by how much `extend` and `resume` move the end.
    - `pause_id`: which pause `resume` ends.
    - `done`, `left_out`, `failed`: what became of it in how many sessions, of `listed` that there are; all are listed
      once `is_listed`.
    - `until`: when what was asked may be told, as the assessment stands from then on.
    - `ruling`: what `regrade` goes by.
    """

    keys = Keys("INCIDENT#{assessment_id}", "{incident_id}")
    noun = "incident"

    assessment_id = UnicodeAttribute()
    incident_id = UnicodeAttribute()
    sequence = NumberAttribute(default=0)
    action = UnicodeAttribute()
    seconds = NumberAttribute(default=0)
    pause_id = UnicodeAttribute(null=True)
    until = Moment(null=True)
    ruling: Any = JSONAttribute(null=True)
    reason = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    declared_at = Moment()
    listed = NumberAttribute(default=0)
    is_listed = BooleanAttribute(default=False)
    done = NumberAttribute(default=0)
    left_out = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)


class KeyReview(Entity, discriminator="key_review"):
    """Whether the keys of an assessment look right, judged before its results are told. States: clear, held, ruled.

    - `takers`: how many sessions it was judged by.
    - `suspects`: each question with the option that better candidates took, or more, and by how many.
    - `rulings`: by question, what a person decided: `kept` or `corrected`.
    """

    keys = Keys("KEYREVIEW#{assessment_id}", "REVIEW")
    noun = "review of keys"

    assessment_id = UnicodeAttribute()
    state = UnicodeAttribute()
    takers = NumberAttribute(default=0)
    suspects: Any = JSONAttribute(default=list)
    rulings: Any = JSONAttribute(default=dict)
    ruled_by = UnicodeAttribute(null=True)
    ruled_at = Moment(null=True)
