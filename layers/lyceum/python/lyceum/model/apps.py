"""Apps: what may be installed, and what is installed in a tenant, in one partition of each tenant.

Neither names a person but by the id of the administrator who offered it. An app's secrets are hashed on its client and
sealed on its webhooks.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class App(Entity, discriminator="app"):
    """A program that administrators may install. Everybody signed in reads it once it is listed.

    - `state`: in_review, listed, refused or withdrawn.
    - `review_reason`: what its reviewer says of that.
    - `offered_by`: who offered it, and does not review it.
    - `publisher`: who answers for it.
    - `client_id`: of its client, the same in every tenant.
    - `scopes`, `redirect_uris`, `grant_types`: of that client.
    - `webhooks`: of each the address and the events; `webhook_secret` signs what they are told, sealed.
    - `settings_schema`: what is set when it is installed.
    - `pages`: addresses of its own that clients link to.
    """

    keys = Keys("APP#all", "OFFER#{app_id}")
    noun = "app"

    app_id = UnicodeAttribute()
    name = UnicodeAttribute()
    summary = UnicodeAttribute()
    publisher = UnicodeAttribute()
    homepage = UnicodeAttribute(null=True)
    state = UnicodeAttribute(default="in_review")
    review_reason = UnicodeAttribute(null=True)
    reviewed_at = Moment(null=True)
    offered_by = UnicodeAttribute()
    client_id = UnicodeAttribute()
    redirect_uris: Any = JSONAttribute(default=list)
    scopes = UnicodeSetAttribute(null=True)
    grant_types = UnicodeSetAttribute(null=True)
    webhooks: Any = JSONAttribute(default=list)
    webhook_secret = UnicodeAttribute(null=True)
    settings_schema: Any = JSONAttribute(default=dict)
    pages: Any = JSONAttribute(default=list)
    calls_per_minute = NumberAttribute()


class Installation(Entity, discriminator="app_installation"):
    """An app in a tenant. Administrators read it, and the app itself its settings.

    - `home`: the tenant that offers the app.
    - `scopes`, `events`: what its administrator consented to, and nothing else is let through.
    - `settings`: values by name.
    - `secrets`: those that the schema says are only written, sealed.
    - `webhook_ids`: the webhooks that were made for it.
    - `removed_at`: it is gone, and can not be installed again before `free_at`.
    """

    keys = Keys("APP#all", "INSTALLED#{app_id}")
    noun = "installation"

    app_id = UnicodeAttribute()
    name = UnicodeAttribute()
    home = UnicodeAttribute()
    client_id = UnicodeAttribute()
    scopes = UnicodeSetAttribute(null=True)
    events = UnicodeSetAttribute(null=True)
    settings: Any = JSONAttribute(default=dict)
    secrets = UnicodeAttribute(null=True)
    webhook_ids: Any = JSONAttribute(default=list)
    installed_at = Moment()
    removed_at = Moment(null=True)
    free_at = Moment(null=True)
