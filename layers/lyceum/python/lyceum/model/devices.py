"""Classroom devices: how they join, what they report and are told, and quizzes that clickers answer.

Administrators read all of it but a quiz, which its teacher reads. None of it names a student.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class EnrolmentCode(Entity, discriminator="device_code"):
    """The right of one device to join, by the hash of the code that is typed on it."""

    keys = Keys("DEVICECODE#{code_hash}", "CODE")
    noun = "code"

    code_hash = UnicodeAttribute()
    device_kind = UnicodeAttribute()
    label = UnicodeAttribute()
    room = UnicodeAttribute()
    course_id = UnicodeAttribute(null=True)
    expires_at = Moment()


class ClassroomDevice(Entity, discriminator="classroom_device"):
    """A device in a room.

    - `device_kind`: smart_board, clicker, attendance_reader or exam_hall_box.
    - `course_id`: whose students an attendance reader knows.
    - `key_hash`: of the key by which it gets new tokens.
    - `state`: active or revoked.
    """

    keys = Keys(
        "CLASSDEVICE#{device_id}",
        "DEVICE",
        gsi1=Index("CLASSDEVICES#all", "{device_id}"),
        gsi2=Index("CLASSROOM#{room}", "{device_id}", when={"state": "active"}),
    )
    noun = "device"

    device_id = UnicodeAttribute()
    device_kind = UnicodeAttribute()
    label = UnicodeAttribute()
    room = UnicodeAttribute()
    course_id = UnicodeAttribute(null=True)
    key_hash = UnicodeAttribute()
    state = UnicodeAttribute(default="active")
    revoked_at = Moment(null=True)


class DeviceState(Entity, discriminator="device_state"):
    """What a device last said of itself; written with each of its batches, and in no index.

    - `last_batch`: the number of the last batch that was taken, so that none is taken twice.
    """

    keys = Keys("CLASSDEVICE#{device_id}", "STATE")
    noun = "state"

    device_id = UnicodeAttribute()
    last_batch = NumberAttribute(default=0)
    seen_at = Moment()
    firmware = UnicodeAttribute(null=True)
    battery_percent = NumberAttribute(null=True)
    uptime_seconds = NumberAttribute(null=True)


class DeviceCommand(Entity, discriminator="device_command"):
    """What a device is told to do; it is handed over with each answer until the device says what came of it.

    - `state`: waiting, done or failed; what still waits at `expires_at` is told no more.
    """

    keys = Keys("CLASSDEVICE#{device_id}", "COMMAND#{command_id}")
    noun = "command"

    device_id = UnicodeAttribute()
    command_id = UnicodeAttribute()
    command = UnicodeAttribute()
    arguments: Any = JSONAttribute(default=dict)
    state = UnicodeAttribute(default="waiting")
    result = UnicodeAttribute(null=True)
    expires_at = Moment()


class DeviceReading(Entity, discriminator="device_reading"):
    """The measurements of a batch, kept for thirty days."""

    keys = Keys("DEVICEREADING#{device_id}", "{batch:012d}")
    noun = "reading"

    device_id = UnicodeAttribute()
    batch = NumberAttribute()
    measurements: Any = JSONAttribute(default=list)


class ClickerQuiz(Entity, discriminator="clicker_quiz"):
    """A quiz that the clickers of a room answer, kept for thirty days. Its teacher and administrators read it.

    - `questions`: of each the label and how many choices there are.
    - `clickers`: how many were told.
    """

    keys = Keys("CLICKERQUIZ#{quiz_id}", "QUIZ")
    noun = "quiz"

    quiz_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    room = UnicodeAttribute()
    title = UnicodeAttribute()
    questions: Any = JSONAttribute(default=list)
    clickers = NumberAttribute(default=0)
    closes_at = Moment()


class ClickerAnswers(Entity, discriminator="clicker_answers"):
    """What one clicker answered in a quiz: the last choice by the number of the question."""

    keys = Keys("CLICKERQUIZ#{quiz_id}", "CLICKER#{device_id}")
    noun = "answers"

    quiz_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    choices: Any = JSONAttribute(default=dict)
