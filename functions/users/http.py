"""People over HTTP. The slot for an avatar is opened by the content domain, whose business uploads are."""

from typing import Annotated

from lyceum.kit.http import (
    OPTIONAL,
    SELF,
    USER,
    Api,
    Caller,
    IfMatch,
    Listing,
    MaybeCaller,
    Page,
    Query,
    may,
)
from lyceum.kit.identity import Permission
from lyceum.rules.profile_views import OwnProfile, own_view
from lyceum.rules.sessions import recheck

from functions.users import account, account_admin, profiles, statistics, user_directory
from functions.users.joining import guardians, invitations, pin_cards
from functions.users.joining.schemas import (
    Cards,
    Children,
    Guardians,
    GuardianView,
    InvitationView,
    Invite,
    InviteGuardian,
    IssueCards,
    Unlinked,
    Withdrawn,
)
from functions.users.privacy import activity, consents, requests
from functions.users.privacy.schemas import (
    ActivityEntry,
    ActivityQuery,
    ConsentQuery,
    Consents,
    DecideConsent,
    ErasureView,
    ExportView,
    HoldView,
    PlaceHold,
    Reset,
)
from functions.users.schemas import (
    AdminProfile,
    AskUsername,
    ChangeRole,
    ChoosePreferences,
    Chosen,
    Deleted,
    EditProfile,
    Overview,
    PublicProfile,
    Suspend,
    UserFilter,
    UsernameAnswer,
    UserRow,
)

api = Api("users", recheck=recheck)
handler = api.handler

Profile = AdminProfile | OwnProfile | PublicProfile


@api.get("/api/users", access=may(Permission.MANAGE_USERS))
def list_users(query: Annotated[UserFilter, Query()]) -> Page[UserRow]:
    """List accounts by role, status and tier, or find them by the beginning of a name."""
    return user_directory.page(query)


@api.get("/api/users/{userId}", access=USER)
def show_user(caller: Caller, user_id: str) -> Profile:
    """Show the public part of a profile; all of it to its owner and admins."""
    return profiles.show(caller, user_id)


@api.patch("/api/users/{userId}", access=SELF)
def edit_user(caller: Caller, user_id: str, body: EditProfile, if_match: IfMatch) -> Profile:
    """Change names and the fields of the role."""
    return profiles.edit(caller, user_id, body, if_match)


@api.delete("/api/users/{userId}", access=SELF)
def delete_user(caller: Caller, user_id: str) -> Deleted:
    """Delete an account: hidden at once, purged after 30 days."""
    return Deleted(id=user_id, purge_at=account_admin.delete(caller, user_id).purge_at)


@api.post(
    "/api/users/{userId}/guardians", access=SELF.proven(), status=201, limit="10/hour", idempotent=True, refuses=(409,)
)
def invite_guardian(caller: Caller, user_id: str, body: InviteGuardian) -> GuardianView:
    """Invite somebody to be a child's guardian."""
    return guardians.invite(caller, user_id, body)


@api.get("/api/users/{userId}/guardians", access=SELF)
def list_guardians(caller: Caller, user_id: str) -> Guardians:
    """List a child's guardians and what each may see."""
    return Guardians(guardians=guardians.of_child(caller, user_id))


@api.delete("/api/users/{userId}/guardians/{guardianId}", access=USER)
def end_guardianship(caller: Caller, user_id: str, guardian_id: str) -> Unlinked:
    """End the link between a child and a guardian, as either of them, or take an invitation back."""
    guardians.end(caller, user_id, guardian_id)
    return Unlinked(id=guardian_id)


@api.get("/api/users/guardians", access=USER)
def list_children(caller: Caller) -> Children:
    """List the children whose guardian the caller is."""
    return Children(children=guardians.children_of(caller))


@api.get("/api/users/{userId}/profile", access=USER)
def show_user_overview(caller: Caller, user_id: str) -> Overview:
    """Show a profile with its owner's statistics."""
    return statistics.overview(caller, user_id)


@api.get("/api/profile", access=USER)
def show_own_profile(caller: Caller) -> OwnProfile:
    """Show one's own profile, with the fields that an update takes."""
    return own_view(profiles.seen_by(caller, caller.user_id))


@api.put("/api/profile/preferences", access=USER)
def choose_preferences(caller: Caller, body: ChoosePreferences) -> Chosen:
    """Choose notifications, study time, weekly goal, language, time zone, low bandwidth and privacy."""
    return account.choose(caller, body)


@api.post("/api/profile/check-username", access=OPTIONAL, limit="60/minute")
def check_username(caller: MaybeCaller, body: AskUsername) -> UsernameAnswer:
    """Say whether a username is free."""
    return account.check_username(caller, body.username)


@api.put("/api/users/{userId}/role", access=may(Permission.MANAGE_USERS).proven())
def change_role(caller: Caller, user_id: str, body: ChangeRole) -> AdminProfile:
    """Give a user another role, never above one's own; the user's sessions end."""
    return profiles.admin_view(account_admin.change_role(caller, user_id, body.role, body.reason))


@api.post("/api/users/{userId}/suspend", access=may(Permission.MANAGE_USERS))
def suspend_user(caller: Caller, user_id: str, body: Suspend) -> AdminProfile:
    """Suspend a user with a reason, for good or until a time."""
    return profiles.admin_view(account_admin.suspend(caller, user_id, body.reason, body.until))


@api.post("/api/admin/users/{userId}/suspend", access=may(Permission.MANAGE_USERS))
def suspend_user_as_admin(caller: Caller, user_id: str, body: Suspend) -> AdminProfile:
    """Suspend a user, as `/api/users/{userId}/suspend` does."""
    return profiles.admin_view(account_admin.suspend(caller, user_id, body.reason, body.until))


@api.post("/api/admin/users/{userId}/activate", access=may(Permission.MANAGE_USERS))
def activate_user(caller: Caller, user_id: str) -> AdminProfile:
    """End a user's suspension."""
    return profiles.admin_view(account_admin.activate(caller, user_id))


@api.post("/api/admin/users/{userId}/verify", access=may(Permission.MANAGE_USERS).proven())
def verify_user(caller: Caller, user_id: str) -> AdminProfile:
    """Verify a mentor or an instructor, who may then act as such."""
    return profiles.admin_view(account_admin.verify(caller, user_id))


@api.post(
    "/api/users/pin-cards", access=may(Permission.MANAGE_CLASSES, afresh=True).proven(), status=201, limit="60/hour"
)
def issue_cards(caller: Caller, body: IssueCards) -> Cards:
    """Make sign-in cards for pupils of one's own class, or new PINs for them."""
    return pin_cards.issue(caller, body)


@api.post(
    "/api/admin/users/invite",
    access=may(Permission.MANAGE_USERS).proven(),
    status=201,
    limit="100/hour",
    idempotent=True,
)
def invite_user(caller: Caller, body: Invite) -> InvitationView:
    """Invite somebody to a role, never above one's own."""
    return invitations.invite(caller, body)


@api.get("/api/admin/users/invitations", access=may(Permission.MANAGE_USERS))
def list_invitations(query: Annotated[Listing, Query()]) -> Page[InvitationView]:
    """List the invitations that are open, the latest first."""
    return invitations.page(query)


@api.delete("/api/admin/users/invitations/{invitationId}", access=may(Permission.MANAGE_USERS))
def withdraw_invitation(caller: Caller, invitation_id: str) -> Withdrawn:
    """Withdraw an invitation."""
    invitations.withdraw(caller, invitation_id)
    return Withdrawn(id=invitation_id)


@api.get("/api/users/{userId}/activity", access=may(Permission.MANAGE_USERS))
def list_activity(user_id: str, query: Annotated[ActivityQuery, Query()]) -> Page[ActivityEntry]:
    """List what somebody did and what was done to their account, the newest first."""
    return query.page(activity.page(user_id, query), lambda entry: entry)


@api.get("/api/admin/users/{userId}/activity", access=may(Permission.MANAGE_USERS))
def list_activity_as_admin(user_id: str, query: Annotated[ActivityQuery, Query()]) -> Page[ActivityEntry]:
    """List somebody's activity, as `/api/users/{userId}/activity` does."""
    return query.page(activity.page(user_id, query), lambda entry: entry)


@api.get("/api/users/{userId}/data-export", access=SELF, limit="30/hour")
def start_data_export(caller: Caller, user_id: str) -> ExportView:
    """Start a copy of everything that is kept about a person, or show the one that there is."""
    return requests.copy(caller, user_id)


@api.post("/api/admin/users/{userId}/export-data", access=may(Permission.MANAGE_USERS), status=202, limit="60/hour")
def export_data(caller: Caller, user_id: str) -> ExportView:
    """Start or show a copy of everything that is kept about somebody, on their behalf."""
    return requests.copy(caller, user_id)


@api.delete("/api/users/{userId}/purge-data", access=SELF)
def remove_data(caller: Caller, user_id: str) -> ErasureView:
    """Delete an account and erase everything personal at once, for good."""
    return requests.purge(caller, user_id)


@api.post("/api/admin/users/{userId}/reset-stats", access=may(Permission.MANAGE_USERS), status=202)
def reset_statistics(caller: Caller, user_id: str) -> Reset:
    """Reset what was counted of somebody's learning; results, grades and points stay."""
    return requests.reset_statistics(caller, user_id)


@api.post("/api/admin/users/{userId}/hold", access=may(Permission.MANAGE_USERS))
def set_hold(caller: Caller, user_id: str, body: PlaceHold) -> HoldView:
    """Place a legal hold on an account, so that its erasure waits, or end it."""
    return requests.hold(caller, user_id, body)


@api.get("/api/consents", access=USER)
def list_consents(caller: Caller, query: Annotated[ConsentQuery, Query()]) -> Consents:
    """List one's own consents, or those of a child whose guardian one is."""
    return consents.shown(caller, query.user_id)


@api.post("/api/consents", access=USER, status=201, limit="60/hour")
def change_consent(caller: Caller, body: DecideConsent) -> Consents:
    """Give or withdraw a consent; for a child its guardian gives it."""
    return consents.decide(caller, body)
