"""Signing in by an answer of a SAML identity provider, once."""

from lyceum.kit.http.exchange import AnswerHeaders
from lyceum.model.federation import SpentAssertion

from functions.auth.federation import on_the_way, providers, sign_in
from functions.auth.federation.calls import refused
from functions.auth.saml import responses


def enter(encoded: str, answer: AnswerHeaders) -> str:
    """Return where a browser goes on to that brings a provider's answer, signed in.

    Raises BadRequest for an answer that does not hold, that answers no request of this browser, or that came before.
    """
    root = responses.parse(encoded)
    issuer = responses.issuer_of(root)
    provider = next((each for each in providers.every() if each.protocol == "saml" and each.issuer == issuer), None)
    if provider is None:
        raise refused()
    vouched = responses.read(root, provider)
    sent, provider = on_the_way.find(vouched.state, provider.provider)
    spent = SpentAssertion(assertion_hash=on_the_way.hash_of(vouched.assertion_id))
    spent.ttl = int(vouched.ends_at.timestamp())
    with on_the_way.spending(sent) as unit:
        unit.create(spent, refuse=on_the_way.over())
        return sign_in.admit(provider, vouched.person, sent.return_to, answer, unit)
