"""LTI 1.3: launches with good and bad messages, courses that teachers choose, and scores that go back."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from lyceum.events.courses import CourseCompleted
from lyceum.kit import clock as time
from lyceum.kit import ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.outgoing import urls
from lyceum.kit.outgoing.client import Reply as Answered
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, write_many
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment, Seats
from lyceum.model.users.account import User
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.workers import deliver

from functions.integrations.launches import answering, members, platforms, proving
from functions.integrations.launches.schemas import AGS, LINKING, LTI, MEMBERS_SCOPE, NRPS, SCORE_SCOPE

HOST = "https://moodle.school.org"
CLIENT_ID = "tool-at-moodle"
FORM = "application/x-www-form-urlencoded"
KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)


@dataclass
class Moodle:
    """A platform in place of the network: it shows its keys, gives tokens and takes scores."""

    tokens: list[dict[str, str]] = field(default_factory=list)
    scores: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    people: list[tuple[int, dict[str, str], list[dict[str, Any]]]] = field(default_factory=list)

    def read(self, address: str) -> urls.Url:
        return urls.parse(address)

    def call(self, _method: str, address: str, *, body: bytes = b"", headers: dict[str, str]) -> Answered:
        if address.endswith("/certs"):
            return self._answer({"keys": [{**RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "k1"}]})
        if "/members" in address:
            status, headers, told = self.people.pop(0)
            return Answered(status, headers, json.dumps({"members": told}).encode(), is_whole=True)
        if address.endswith("/token"):
            self.tokens.append({name: values[0] for name, values in parse_qs(body.decode()).items()})
            return self._answer({"access_token": "t0k3n", "expires_in": 3600})
        self.scores.append((address, json.loads(body), headers))
        return Answered(self.statuses.pop(0) if self.statuses else 200, {}, b"{}", is_whole=True)

    def _answer(self, body: dict[str, Any]) -> Answered:
        return Answered(200, {}, json.dumps(body).encode(), is_whole=True)


@pytest.fixture
def moodle(monkeypatch: pytest.MonkeyPatch, client: Client) -> Moodle:
    made = Moodle()
    for module in (platforms, proving, answering, members):
        monkeypatch.setattr(module, "client", lambda: made)
    proving.forget()
    registered = client.as_("admin").post(
        "/api/admin/lti/platforms",
        {
            "label": "Moodle",
            "issuer": HOST,
            "clientId": CLIENT_ID,
            "deploymentIds": ["1"],
            "authorizationUrl": f"{HOST}/auth",
            "tokenUrl": f"{HOST}/token",
            "keysUrl": f"{HOST}/certs",
        },
    )
    assert registered.status == 201, registered.body
    return made


def here(client: Client) -> str:
    return f"https://{client.tenant}.localhost"


def begin(client: Client, **changes: str) -> Reply:
    asked = {"iss": HOST, "client_id": CLIENT_ID, "login_hint": "42", "target_link_uri": f"{here(client)}/", **changes}
    return client.get("/api/lti/login", asked)


def message(client: Client, asked: dict[str, list[str]], **changes: Any) -> dict[str, Any]:
    now = int(time.now().timestamp())
    claims = {
        "iss": HOST,
        "aud": CLIENT_ID,
        "sub": "42",
        "nonce": asked["nonce"][0],
        "iat": now,
        "exp": now + 60,
        "given_name": "Ada",
        "family_name": "Obi",
        f"{LTI}version": "1.3.0",
        f"{LTI}message_type": "LtiResourceLinkRequest",
        f"{LTI}deployment_id": "1",
        f"{LTI}target_link_uri": f"{here(client)}/",
        f"{LTI}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
    }
    return {**claims, **changes}


def launch(client: Client, key: Any = KEY, algorithm: str = "RS256", **changes: Any) -> Reply:
    begun = begin(client)
    assert begun.status == 302, begun.body
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    token = jwt.encode(message(client, asked, **changes), key, algorithm=algorithm, headers={"kid": "k1"})
    return post(client, token, asked["state"][0])


def post(client: Client, token: str, state: str) -> Reply:
    return client.post("/api/lti/launch", urlencode({"id_token": token, "state": state}), Content_Type=FORM)


def ticket_of(reply: Reply) -> str:
    assert reply.status == 302, reply.body
    return parse_qs(urlsplit(reply.headers["Location"]).fragment)["ticket"][0]


def sign_in(client: Client, ticket: str) -> Reply:
    return client.post("/api/auth/login/launch", {"ticket": ticket})


def test_a_launch_makes_an_account_and_signs_it_in_once(client: Client, moodle: Moodle, clock: Clock) -> None:
    ticket = ticket_of(launch(client))
    signed_in = sign_in(client, ticket)
    assert signed_in.status == 200, signed_in.body
    user = signed_in.data["user"]
    assert (user["firstName"], user["role"]) == ("Ada", "student")
    assert sign_in(client, ticket).status == 401
    again = sign_in(client, ticket_of(launch(client)))
    assert again.data["user"]["userId"] == user["userId"]
    late = ticket_of(launch(client))
    clock.advance(minutes=3)
    assert sign_in(client, late).status == 401


def test_the_browser_is_sent_back_with_what_the_platform_said(client: Client, moodle: Moodle) -> None:
    begun = begin(client, lti_message_hint="7")
    address = urlsplit(begun.headers["Location"])
    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{HOST}/auth"
    assert (asked["login_hint"], asked["lti_message_hint"], asked["response_mode"]) == (["42"], ["7"], ["form_post"])
    assert asked["redirect_uri"] == [f"{here(client)}/api/lti/launch"]
    posted = urlencode({"iss": HOST, "login_hint": "42", "target_link_uri": f"{here(client)}/"})
    assert client.post("/api/lti/login", posted, Content_Type=FORM).status == 302
    assert begin(client, iss="https://other.school.org").status == 401
    assert begin(client, target_link_uri="https://evil.school.org/").status == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.school.org"},
        {"aud": "another-tool"},
        {"aud": [CLIENT_ID, "another-tool"]},
        {"nonce": "another-nonce"},
        {"exp": 1},
        {"iat": 1},
        {"iat": 9_999_999_999},
        {f"{LTI}deployment_id": "2"},
        {f"{LTI}version": "1.1"},
        {f"{LTI}message_type": "LtiSubmissionReviewRequest"},
        {"sub": ""},
        {"azp": "another-tool"},
    ],
)
def test_a_message_that_does_not_hold_is_refused(client: Client, moodle: Moodle, changes: dict[str, Any]) -> None:
    assert launch(client, **changes).status == 401


def test_forged_signatures_and_spent_states_are_refused(client: Client, moodle: Moodle, clock: Clock) -> None:
    assert launch(client, key=OTHER_KEY).status == 401
    assert launch(client, key="a secret that is long enough to be one", algorithm="HS256").status == 401
    assert launch(client, key=None, algorithm="none").status in {400, 401}
    asked = parse_qs(urlsplit(begin(client).headers["Location"]).query)
    token = jwt.encode(message(client, asked), KEY, algorithm="RS256", headers={"kid": "k1"})
    assert post(client, token, asked["state"][0]).status == 302
    assert post(client, token, asked["state"][0]).status == 401
    unknown = jwt.encode(message(client, asked), KEY, algorithm="RS256", headers={"kid": "k2"})
    assert post(client, unknown, asked["state"][0]).status == 401
    waiting = parse_qs(urlsplit(begin(client).headers["Location"]).query)
    clock.advance(minutes=11)
    late = jwt.encode(message(client, waiting), KEY, algorithm="RS256", headers={"kid": "k1"})
    assert post(client, late, waiting["state"][0]).status == 401


def test_an_address_that_the_platform_tells_opens_nobodys_account(client: Client, moodle: Moodle) -> None:
    admin = client.as_("admin")
    told = User.require(user_id=admin.user_id).email
    user = sign_in(client, ticket_of(launch(client, email=told, sub="other"))).data["user"]
    assert user["userId"] != admin.user_id
    assert user["role"] == "student"


def test_a_teacher_chooses_a_course_and_its_score_goes_back(client: Client, moodle: Moodle) -> None:
    course = Course(course_id=ids.new_id(), instructor_id=ids.new_id(), title="Algebra", sort_title="algebra")
    write_many([course])
    teacher: dict[str, Any] = {
        f"{LTI}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"],
        "sub": "teacher",
    }
    linking: dict[str, Any] = {
        f"{LTI}message_type": "LtiDeepLinkingRequest",
        f"{LINKING}deep_linking_settings": {"deep_link_return_url": f"{HOST}/return", "data": "opaque"},
    }
    assert launch(client, **linking).status == 403
    led = launch(client, **linking, **teacher)
    session = sign_in(client, ticket_of(led)).data
    link = urlsplit(led.headers["Location"]).path
    sent = {"authorization": f"Bearer {session['accessToken']}"}
    body = {"courseIds": [course.course_id]}
    chosen = client.send("POST", f"/api/lti{link}", body, None, sent)
    assert chosen.status == 200, chosen.body
    public = client.get("/api/lti/jwks").json["keys"][0]
    claims = jwt.decode(
        chosen.data["jwt"], jwt.PyJWK(public), algorithms=["RS256"], audience=HOST, options={"verify_iat": False}
    )
    assert (chosen.data["returnUrl"], claims[f"{LINKING}data"]) == (f"{HOST}/return", "opaque")
    (item,) = claims[f"{LINKING}content_items"]
    assert client.send("POST", f"/api/lti{link}", body, None, sent).status == 404
    endpoint: dict[str, Any] = {"scope": [SCORE_SCOPE], "lineitem": f"{HOST}/items/9?type=1"}
    learner = launch(client, **{f"{LTI}custom": item["custom"], AGS: endpoint})
    user_id = sign_in(client, ticket_of(learner)).data["user"]["userId"]
    done = CourseCompleted(course_id=course.course_id, user_id=user_id, title="Algebra")
    Unit().create(OutboxItem.of(done), done).commit()
    assert deliver(client.cloud, client.tenant, only="integrations") == 0
    ((address, score, headers),) = moodle.scores
    assert address == f"{HOST}/items/9/scores?type=1"
    assert (score["userId"], score["scoreGiven"], headers["Authorization"]) == ("42", 100, "Bearer t0k3n")
    assert moodle.tokens[0]["scope"] == SCORE_SCOPE


def test_an_api_below_a_path_is_told_with_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    below = settings().model_copy(update={"api_url": "http://127.0.0.1:4566/_aws/execute-api/ab/$default"})
    monkeypatch.setattr(platforms, "settings", lambda: below)
    assert platforms.api_at("http://north.localhost") == "http://north.localhost/_aws/execute-api/ab/$default/api/lti"


def test_platforms_are_administrators_business(client: Client, moodle: Moodle) -> None:
    admin = client.as_("admin")
    (shown,) = admin.get("/api/admin/lti/platforms").data["platforms"]
    assert shown["loginUrl"] == f"{here(client)}/api/lti/login"
    assert client.as_("student").get("/api/admin/lti/platforms").status == 403
    again = {
        "label": "Twice",
        "issuer": HOST,
        "clientId": CLIENT_ID,
        "deploymentIds": ["1"],
        "authorizationUrl": f"{HOST}/auth",
        "tokenUrl": f"{HOST}/token",
        "keysUrl": f"{HOST}/certs",
    }
    assert admin.post("/api/admin/lti/platforms", again).status == 409
    bad = {**again, "clientId": "x", "keysUrl": "http://10.0.0.1/certs"}
    assert admin.post("/api/admin/lti/platforms", bad).error.fields == {"PLATFORM_ADDRESS_REFUSED"}
    assert admin.delete(f"/api/admin/lti/platforms/{shown['platformId']}").status == 200
    assert begin(client).status == 401


INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


def member(name: str, status: str = "Active", role: str = LEARNER) -> dict[str, Any]:
    return {"user_id": name, "status": status, "roles": [role], "given_name": "Ada", "family_name": name}


def come_to_teach(client: Client, url: str = f"{HOST}/members") -> tuple[Client, str]:
    """Launch into a course as one who teaches it on the platform; returns who teaches it here."""
    teacher = client.as_("instructor")
    course_id = ids.new_id()
    course = Course(course_id=course_id, instructor_id=teacher.user_id, title="Algebra", sort_title="algebra")
    write_many([course, Seats(course_id=course_id, state="open")])
    told: dict[str, Any] = {f"{LTI}custom": {"course_id": course_id}, f"{LTI}roles": [INSTRUCTOR], "sub": "t1"}
    told[NRPS] = {"context_memberships_url": url}
    assert launch(client, **told).status == 302
    return teacher, course_id


def bring(client: Client, teacher: Client, course_id: str) -> dict[str, Any]:
    begun = teacher.post(f"/api/lti/courses/{course_id}/members")
    assert begun.status == 202, begun.body
    deliver(client.cloud, client.tenant, rounds=8, only="integrations")
    job: dict[str, Any] = teacher.get(f"/api/jobs/{begun.data['jobId']}").data
    return job


def test_learners_of_a_platform_come_into_the_course_page_by_page_and_leave(client: Client, moodle: Moodle) -> None:
    teacher, course_id = come_to_teach(client)
    following = {"link": f'<{HOST}/members?page=2>; rel="next"'}
    moodle.people = [
        (200, following, [member("a"), member("b"), member("t1", role=INSTRUCTOR)]),
        (200, {}, [member("c"), member("d", status="Inactive")]),
    ]
    job = bring(client, teacher, course_id)
    assert (job["state"], job["done"]) == ("done", 5)
    assert moodle.tokens[0]["scope"] == MEMBERS_SCOPE
    assert Seats.require(course_id=course_id).taken == 3
    moodle.people = [(200, {}, [member("a", status="Inactive"), member("b"), member("c")])]
    bring(client, teacher, course_id)
    assert Seats.require(course_id=course_id).taken == 2
    user_id = sign_in(client, ticket_of(launch(client, sub="b"))).data["user"]["userId"]
    assert Enrolment.require(course_id=course_id, user_id=user_id).state == "active"


def test_a_platform_that_fails_is_asked_again_and_one_that_refuses_ends_the_job(client: Client, moodle: Moodle) -> None:
    teacher, course_id = come_to_teach(client)
    moodle.people = [(503, {}, []), (200, {"link": "<https://other.org/members>; rel=next"}, [member("a")])]
    assert bring(client, teacher, course_id)["state"] == "done"
    moodle.people = [(403, {}, [])]
    refused = bring(client, teacher, course_id)
    assert (refused["state"], refused["error"]["message"][:25]) == ("failed", "The platform answers 403,")


def test_people_are_told_to_those_who_teach_here_and_on_hosts_of_the_platform(client: Client, moodle: Moodle) -> None:
    teacher, course_id = come_to_teach(client, "https://elsewhere.org/members")
    path = f"/api/lti/courses/{course_id}/members"
    assert teacher.post(path).error.fields == {"NO_ROSTER"}
    assert client.as_("other", "instructor").post(path).status == 403
    assert client.as_("student").post(path).status == 403


@pytest.mark.parametrize(("statuses", "sent", "failed"), [([503, 429], 3, 0), ([503] * 3, 3, 1), ([404], 1, 0)])
def test_a_score_that_is_not_taken_is_sent_again_for_a_while(
    client: Client, moodle: Moodle, statuses: list[int], sent: int, failed: int
) -> None:
    course_id = ids.new_id()
    write_many([Course(course_id=course_id, instructor_id=ids.new_id(), title="Algebra", sort_title="algebra")])
    told: dict[str, Any] = {f"{LTI}custom": {"course_id": course_id}}
    told[AGS] = {"scope": [SCORE_SCOPE], "lineitem": f"{HOST}/items/9"}
    learner = launch(client, **told)
    user_id = sign_in(client, ticket_of(learner)).data["user"]["userId"]
    done = CourseCompleted(course_id=course_id, user_id=user_id, title="Algebra")
    Unit().create(OutboxItem.of(done), done).commit()
    moodle.statuses = statuses
    assert deliver(client.cloud, client.tenant, only="integrations") == failed
    assert len(moodle.scores) == sent
