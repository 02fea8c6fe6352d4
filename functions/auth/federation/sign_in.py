"""The way to an identity provider and back: who is vouched for gets a session here, or is asked for a second step."""

from urllib.parse import urlencode

from lyceum.kit.configuration import admission
from lyceum.kit.errors import NotFound
from lyceum.kit.http.exchange import AnswerHeaders
from lyceum.kit.table import Unit
from lyceum.model.federation import IdentityProvider

from functions.auth import client_context
from functions.auth.credentials.user_secrets import read_user_secrets
from functions.auth.federation import on_the_way, openid, people
from functions.auth.federation.people import Person
from functions.auth.federation.schemas import CallbackQuery
from functions.auth.saml import service
from functions.auth.sign_in import cookies, login
from functions.auth.sign_in.schemas import Challenged


def start(name: str, return_to: str, answer: AnswerHeaders) -> str:
    """Return where a browser goes to sign in (1 read and 1 write).

    Raises NotFound for an unknown provider, and Forbidden where the organisation's people sign in another way.
    """
    provider = IdentityProvider.require(provider=name)
    admission.require_method(provider.way_in)
    begin = service.start if provider.protocol == "saml" else openid.start
    return begin(provider, return_to, answer)


def finish(name: str, query: CallbackQuery, answer: AnswerHeaders) -> str:
    """Return where a browser that is back goes on to, signed in or with why not.

    Raises BadRequest for a sign-in that this browser did not begin or that the provider does not confirm.
    """
    sent, provider = on_the_way.find(query.state, name)
    with on_the_way.spending(sent) as unit:
        if query.error or not query.code:
            unit.commit()
            return _with_fragment(sent.return_to, error=query.error or "no_code")
        if provider.protocol == "saml":
            raise NotFound("There is no such identity provider.")
        return admit(provider, openid.finish(provider, query, sent), sent.return_to, answer, unit)


def admit(provider: IdentityProvider, person: Person, return_to: str, answer: AnswerHeaders, unit: Unit) -> str:
    """Begin a session of somebody who is vouched for, or a second step, in one transaction with the unit's writes.

    Returns where the browser goes on to (3 reads and 1 transaction for somebody who is known).

    A session is in the refresh cookie. A second step is in the fragment, as `challengeToken` and `methods`, for
    `POST /api/auth/login/2fa`. Raises Forbidden where the organisation's people sign in another way.
    """
    admission.require_method(provider.way_in)
    known = people.account_of(provider, person)
    client = client_context.of_request(None)
    user_secrets = read_user_secrets(known.user.user_id)
    begun = login.proceed_by_other(known.user, user_secrets, client, unit, link=known.link)
    cookies.keep(answer, begun)
    if isinstance(begun, Challenged):
        return _with_fragment(return_to, challengeToken=begun.challenge_token, methods=" ".join(begun.methods))
    return return_to


def _with_fragment(return_to: str, **told: str) -> str:
    return f"{return_to.partition('#')[0]}#{urlencode(told)}"
