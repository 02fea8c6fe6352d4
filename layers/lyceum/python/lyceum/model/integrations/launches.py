"""Learning platforms that launch into this product (LTI 1.3), which administrators see, and what a launch leaves."""

from pynamodb.attributes import ListAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys


class Platform(Entity, discriminator="lti_platform"):
    """A learning platform. Its id follows from issuer and client id, so that it is there once.

    - `deployment_ids`: the deployments whose launches are taken.
    - `authorization_url`, `token_url`, `keys_url`: where browsers are sent, where tokens are asked for, and its keys.
    """

    keys = Keys("LTIPLATFORMS#all", "{platform_id}")
    noun = "platform"

    platform_id = UnicodeAttribute()
    label = UnicodeAttribute()
    issuer = UnicodeAttribute()
    client_id = UnicodeAttribute()
    deployment_ids: ListAttribute[str] = ListAttribute()
    authorization_url = UnicodeAttribute()
    token_url = UnicodeAttribute()
    keys_url = UnicodeAttribute()


class ToolKey(Entity, discriminator="lti_tool_key"):
    """The key by which the organisation's tool proves itself to platforms; `private_key` is sealed."""

    keys = Keys("LTITOOLKEYS#all", "{key_id}")
    noun = "key"

    key_id = UnicodeAttribute()
    private_key = UnicodeAttribute()


class LaunchState(Entity, discriminator="lti_launch_state"):
    """A launch that was begun and is good for ten minutes and one answer; it knows no person."""

    keys = Keys("LTISTATE#{state}", "STATE")
    noun = "launch"

    state = UnicodeAttribute()
    platform_id = UnicodeAttribute()


class LaunchAccount(Entity, discriminator="lti_launch_account"):
    """Whom a platform means by its name of a person; `subject` is the hash of that name."""

    keys = Keys("LTIACCOUNT#{platform_id}#{subject}", "ACCOUNT", gsi1=Index("LTIACCOUNTSOF#{user_id}", "{platform_id}"))
    noun = "account"

    platform_id = UnicodeAttribute()
    subject = UnicodeAttribute()
    user_id = UnicodeAttribute()


class ScoreLink(Entity, discriminator="lti_score_link"):
    """Where the score of a learner in a course goes back to; `remote_user_id` is the platform's name of the learner."""

    keys = Keys("LTISCORES#{user_id}", "{course_id}#{platform_id}")
    noun = "score link"

    user_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    platform_id = UnicodeAttribute()
    line_item_url = UnicodeAttribute()
    remote_user_id = UnicodeAttribute()


class RosterLink(Entity, discriminator="lti_roster_link"):
    """Where a platform tells the people of its course, which is this one here; teachers of both noted it."""

    keys = Keys("LTIROSTERS#{course_id}", "{platform_id}")
    noun = "roster link"

    course_id = UnicodeAttribute()
    platform_id = UnicodeAttribute()
    memberships_url = UnicodeAttribute()


class DeepLink(Entity, discriminator="lti_deep_link"):
    """A teacher on a platform chooses a course, within an hour; `data` is the platform's own word of it."""

    keys = Keys("LTIDEEPLINK#{deep_link_id}", "DEEPLINK")
    noun = "deep link"

    deep_link_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    platform_id = UnicodeAttribute()
    deployment_id = UnicodeAttribute()
    return_url = UnicodeAttribute()
    data = UnicodeAttribute(null=True)
