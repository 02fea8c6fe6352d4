"""People of a platform's course who come into the course here (Names and Roles Provisioning Services 2.0)."""

import json
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lyceum.kit.errors import Conflict, Unavailable, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import OutgoingError
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.integrations.launches import Platform, RosterLink
from lyceum.rules.courses import course_access, rosters
from lyceum.tasks.integrations import BringMembers

from functions.integrations.launches import accounts, answering
from functions.integrations.launches.schemas import MEMBERS_SCOPE

_ACCEPT = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')
_LIMIT = 50
_MOST_PAGES = 100
_LEARNER = re.compile(r"(?:^|membership#)Learner$")
_Name = Annotated[str | None, StringConstraints(max_length=255)]


class Member(BaseModel, defer_build=True):
    """Somebody of a platform's course."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    user_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    status: Literal["Active", "Inactive", "Deleted"] = "Active"
    roles: Annotated[list[str], Field(max_length=100)] = []
    given_name: _Name = None
    family_name: _Name = None


class Container(BaseModel, defer_build=True):
    """A page of the people of a platform's course."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    members: Annotated[list[Member], Field(max_length=2000)]


def start(caller: Principal, course_id: str) -> LongJob:
    """Begin to bring the people of the platforms on which a course is shown; raises RuleViolation NO_ROSTER."""
    course_access.taught_by_id(caller, course_id)
    links = find(RosterLink, course_id=course_id, limit=1).items
    if not links:
        raise rule_violation("NO_ROSTER", "No teacher came to this course from a platform that tells its people.")
    unit = Unit()
    task = BringMembers(owner_id=caller.user_id, course_id=course_id)
    job = control.start(unit, task)
    unit.create(audit("course.roster", course_id, before={}, after={"members": True})).commit()
    return job


def bring(task: BringMembers) -> Progress:
    """Do a page of a platform's people; `after` has the place of the platform and the address of the page."""
    links = find(RosterLink, course_id=task.course_id).items
    place = task.after or {"link": 0, "url": None}
    course = Course.fetch(course_id=task.course_id, consistent=True)
    if course is None or course.status == "deleted" or place["link"] >= len(links) or task.page >= _MOST_PAGES:
        return Progress()
    link = links[place["link"]]
    platform = Platform.fetch(platform_id=link.platform_id)
    following: str | None = None
    done = failed = 0
    if platform is not None:
        found, following = _page(platform, place["url"] or _with_limit(link.memberships_url))
        for member in found.members:
            is_done = _take(platform, course, member)
            done, failed = done + is_done, failed + (not is_done)
    if following:
        return Progress(done, failed, {"link": place["link"], "url": following})
    is_last = place["link"] + 1 >= len(links)
    return Progress(done, failed, None if is_last else {"link": place["link"] + 1, "url": None})


def _with_limit(address: str) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode({'limit': _LIMIT})}"


def _page(platform: Platform, address: str) -> tuple[Container, str | None]:
    """Fetch a page (NRPS 2.0, 2.4); raises RuleViolation ROSTER_REFUSED, Unavailable for what may pass."""
    headers = {"Authorization": f"Bearer {answering.token(platform, MEMBERS_SCOPE)}", "Accept": _ACCEPT}
    try:
        reply = client().call("GET", address, headers=headers)
    except OutgoingError as error:
        raise Unavailable from error
    if reply.status >= 500 or reply.status == 429:
        raise Unavailable
    try:
        found = Container.model_validate(json.loads(reply.body)) if reply.is_success and reply.is_whole else None
    except (ValidationError, ValueError, RecursionError):
        found = None
    if found is None:
        raise rule_violation("ROSTER_REFUSED", f"The platform answers {reply.status}, or what can not be read.")
    link = _NEXT.search(reply.headers.get("link", ""))
    following = link[1] if link and urlsplit(link[1]).netloc == urlsplit(platform.token_url).netloc else None
    return found, following


def _take(platform: Platform, course: Course, member: Member) -> bool:
    """Put a learner into the course, with an account where there is none, or out of it; says whether it was done."""
    mark = f"lti:{platform.platform_id}"
    user = accounts.known(platform.platform_id, member.user_id)
    is_learner = any(_LEARNER.search(role) for role in member.roles)
    unit = Unit()
    if user is None:
        if member.status != "Active" or not is_learner:
            return True
        names: tuple[Any, Any] = (member.given_name, member.family_name)
        user = accounts.make(unit, platform.platform_id, member.user_id, names, member.roles)
        enrolment = None
    else:
        enrolment = Enrolment.fetch(course_id=course.course_id, user_id=user.user_id, consistent=True)
    is_in = enrolment is not None and enrolment.state == "active"
    if member.status == "Active" and is_learner and not is_in:
        rosters.enter(unit, course.course_id, user.user_id, enrolment, mark)
    elif member.status != "Active" and enrolment is not None and is_in and enrolment.roster_class == mark:
        rosters.leave(unit, enrolment)
    try:
        unit.commit()
    except Conflict:
        return False
    return True
