"""Apps that are offered: by the platform to every tenant once they are listed, by a tenant to itself."""

from lyceum.kit import clock, context, ids
from lyceum.kit.errors import Detail, NotFound, ValidationFailed, rule_violation
from lyceum.kit.identity import Permission, Principal, sealing
from lyceum.kit.identity.permissions import Role
from lyceum.kit.table import Entity, Unit, fetch_partition
from lyceum.model.apps import App, Installation
from lyceum.model.oauth import OAuthClient
from lyceum.rules import audits, webhook_signatures
from lyceum.rules.apps import oauth
from lyceum.rules.webhooks import subscriptions

from functions.apps import values
from functions.apps.schemas import AppView, NewApp, ReviewApp

MOST = 50
"""Apps that a tenant offers."""


def listed(caller: Principal) -> list[AppView]:
    """Return the apps that a caller may see (at most 2 storage requests).

    Everybody sees what is listed; who manages apps also sees what their own tenant offers and does not list.
    """
    own = fetch_partition(App)
    installed = _installed(own)
    offers = [(each, True) for each in own if isinstance(each, App)]
    if context.tenant() != context.MAIN_TENANT:
        offers += [(each, False) for each in _of_platform() if isinstance(each, App) and each.state == "listed"]
    sees_all = caller.may(Permission.MANAGE_APPS)
    return [
        AppView.of(app, is_own=is_own, is_installed=app.app_id in installed)
        for app, is_own in offers
        if sees_all or app.state == "listed"
    ]


def _installed(found: list[Entity]) -> set[str]:
    installations = [each for each in found if isinstance(each, Installation)]
    return {str(each.app_id) for each in installations if each.removed_at is None}


def _of_platform() -> list[Entity]:
    with context.working(context.RequestContext(context.MAIN_TENANT, usage=context.current().usage)):
        return fetch_partition(App)


def offer(caller: Principal, wanted: NewApp) -> AppView:
    """Offer an app, whose secrets are in the answer and nowhere else; it waits for a review.

    Raises ValidationFailed for an address or scope that is none, RuleViolation TOO_MANY_APPS, or
    WEBHOOK_ADDRESS_REFUSED for an address that is not called.
    """
    _check(wanted)
    if sum(isinstance(each, App) for each in fetch_partition(App)) >= MOST:
        raise rule_violation("TOO_MANY_APPS", f"A tenant offers {MOST} apps at most.")
    app_id = ids.new_id()
    secret = ids.new_secret() if wanted.is_confidential else None
    signing = webhook_signatures.new_secret() if wanted.webhooks else None
    app = App(
        app_id=app_id,
        client_id=app_id,
        offered_by=caller.user_id,
        grant_types=oauth.grant_types(wanted.redirect_uris, acts_alone=wanted.acts_alone) or None,
        webhook_secret=sealing.encrypt(subscriptions.SEALED, signing) if signing else None,
        scopes=set(wanted.scopes) or None,
        webhooks=[
            {"url": subscriptions.checked(each.url, "webhooks"), "events": sorted(set(each.events))}
            for each in wanted.webhooks
        ],
        settings_schema=wanted.settings_schema.model_dump(by_alias=True, exclude_none=True, exclude_defaults=False),
        pages=[each.model_dump(by_alias=True) for each in wanted.pages],
        **{name: getattr(wanted, name) for name in _AS_IT_IS},
    )
    unit = Unit().create(app).create(client_of(app, oauth.hash_of(secret) if secret else None, is_active=False))
    after = {"scopes": sorted(wanted.scopes), "redirectUris": wanted.redirect_uris}
    audits.note(unit, caller.user_id, None, "app.offered", app_id, after=after)
    unit.commit()
    view = AppView.of(app, is_own=True, is_installed=False)
    view.client_secret, view.webhook_secret = secret, signing
    return view


_AS_IT_IS = ("name", "summary", "publisher", "homepage", "redirect_uris", "calls_per_minute")


def _check(wanted: NewApp) -> None:
    wrong = oauth.wrong_in(
        wanted.redirect_uris, wanted.scopes, is_confidential=wanted.is_confidential, acts_alone=wanted.acts_alone
    )
    pages = [each.url for each in wanted.pages] + ([wanted.homepage] if wanted.homepage else [])
    wrong += [Detail("pages", f"{each[:200]} is no https address.") for each in pages
              if not (each.startswith("https://") and oauth.is_address(each))]  # fmt: skip
    for name, setting in wanted.settings_schema.properties.items():
        written = setting.model_dump(by_alias=True, exclude_none=True)
        problem = values.what_is_wrong(written, setting.default) if setting.default is not None else None
        if problem:
            wrong.append(Detail(f"settingsSchema.properties.{name}.default", problem))
    if wanted.scopes and not wanted.redirect_uris and not wanted.acts_alone:
        wrong.append(Detail("redirectUris", "Name an address, or let the app act alone, or ask for no scopes."))
    if wrong:
        raise ValidationFailed("This app can not be offered.", details=wrong)


def client_of(app: App, secret_hash: str | None, *, is_active: bool) -> OAuthClient:
    """Build the client of an app for the tenant that is worked in."""
    return OAuthClient(
        client_id=app.client_id,
        name=app.name,
        secret_hash=secret_hash,
        redirect_uris=app.redirect_uris,
        scopes=app.scopes,
        grant_types=app.grant_types or {"none"},
        app_id=app.app_id,
        is_active=is_active,
        installed_at=clock.now() if is_active else None,
        calls_per_minute=app.calls_per_minute,
    )


def review(caller: Principal, app_id: str, wanted: ReviewApp, version: int | None) -> AppView:
    """List, refuse or withdraw an app of one's own tenant.

    Raises NotFound, RuleViolation OWN_REVIEW for who offered it and is no operator, REASON_NEEDED for a refusal without
    one, and APP_WITHDRAWN for one that is gone for good.
    """
    app = App.require(app_id=app_id)
    if app.state == "withdrawn":
        raise rule_violation("APP_WITHDRAWN", "What was withdrawn is offered anew.")
    if wanted.state == "listed" and caller.user_id == app.offered_by and not caller.is_at_least(Role.SUPER_ADMIN):
        raise rule_violation("OWN_REVIEW", "Somebody else lists what you offered.")
    if wanted.state == "refused" and not wanted.reason:
        raise rule_violation("REASON_NEEDED", "Say why it is refused.", field="reason")
    before = {"state": app.state}
    app.state, app.review_reason, app.reviewed_at = wanted.state, wanted.reason, clock.now()
    unit = Unit().replace(app, expect=version)
    audits.note(unit, caller.user_id, None, "app.reviewed", app_id, before=before, after={"state": app.state})
    unit.commit()
    installed = Installation.fetch(app_id=app_id)
    return AppView.of(app, is_own=True, is_installed=installed is not None and installed.removed_at is None)


def installable(app_id: str) -> tuple[App, str]:
    """Return an app that this tenant may install, and the tenant that offers it (at most 2 storage requests).

    A tenant's own may be tried before it is listed. Raises NotFound.
    """
    own = App.fetch(app_id=app_id)
    if own is not None and own.state in {"in_review", "listed"}:
        return own, context.tenant()
    if own is None and context.tenant() != context.MAIN_TENANT:
        with context.working(context.RequestContext(context.MAIN_TENANT, usage=context.current().usage)):
            offered = App.fetch(app_id=app_id)
        if offered is not None and offered.state == "listed":
            return offered, context.MAIN_TENANT
    raise NotFound("There is no such app.")
