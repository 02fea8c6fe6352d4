"""Study groups: who is in them, and what they write; all of it is for members only."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class StudyGroup(Entity, discriminator="study_group"):
    """A study group. `member_count` counts who is in it and `most_members` bounds it; `join_code` is for members' eyes.

    The owner's id stays after erasure only as long as it takes the worker to hand the group on.
    """

    keys = Keys("STUDYGROUP#{group_id}", "GROUP")
    noun = "group"

    group_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    join_code = UnicodeAttribute()
    member_count = NumberAttribute(default=1)
    most_members = NumberAttribute(default=30)


class GroupMember(Entity, discriminator="group_member"):
    """Somebody in a group, or invited to it.

    - `role`: owner, moderator or member.
    - `state`: active or invited.
    - `invited_by`: who invited.
    """

    keys = Keys("STUDYGROUP#{group_id}", "MEMBER#{user_id}", gsi1=Index("GROUPSOF#{user_id}", "{group_id}"))
    noun = "member"

    group_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute(default="member")
    state = UnicodeAttribute(default="active")
    invited_by = UnicodeAttribute(null=True)
    joined_at = Moment(null=True)


class GroupCode(Entity, discriminator="group_code"):
    """The code by which one joins a group; it exists once a tenant."""

    keys = Keys("GROUPCODE#{join_code}", "CODE")
    noun = "code"

    join_code = UnicodeAttribute()
    group_id = UnicodeAttribute()


class GroupMessage(Entity, discriminator="group_message"):
    """A message in a group's chat; sender and name go with the account."""

    keys = Keys("GROUPMESSAGES#{group_id}", "{message_id}", gsi1=Index("GROUPMESSAGESBY#{sender_id}", "{message_id}"))
    noun = "message"

    group_id = UnicodeAttribute()
    message_id = UnicodeAttribute()
    sender_id = UnicodeAttribute(null=True)
    sender_name = UnicodeAttribute(null=True)
    text = UnicodeAttribute()
    held: Any = JSONAttribute(null=True)
