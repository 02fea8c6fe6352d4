"""Sign-in by others: a tenant's identity providers under `SSO#`, who is whom under `IDENTITY#`, sign-ins on their way.

What links a user to a provider stands with the user's secrets, in `lyceum.model.auth`.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class IdentityProvider(Entity, discriminator="identity_provider"):
    """Somebody whose word for who a person is a tenant takes.

    - `provider`: its name in addresses, such as `google`.
    - `protocol`: oidc, github, facebook or saml.
    - `issuer`: who vouches: an OpenID issuer, or a SAML entity id.
    - `client_secret`: encrypted; None for SAML.
    - `endpoints`: its addresses: authorization, token, userinfo, jwks; of SAML sso.
    - `certificates`: of SAML, in base64 of DER, those that it signs with.
    - `domains`: mail domains whose people sign in there, and for whose addresses its word holds.
    - `vouches_for_domains`: whether an address of those domains counts as proven though it is not said to be.
    - `creates_accounts`: whether somebody unknown gets an account.
    - `role_claim`, `role_map`: which claim says what somebody is, and which role follows from a value.
    """

    keys = Keys("SSO#providers", "{provider}")
    noun = "identity provider"

    provider = UnicodeAttribute()
    protocol = UnicodeAttribute()
    name = UnicodeAttribute()
    issuer = UnicodeAttribute()
    client_id = UnicodeAttribute(null=True)
    client_secret = UnicodeAttribute(null=True)
    endpoints: Any = JSONAttribute(default=dict)
    certificates: Any = JSONAttribute(default=list)
    domains = UnicodeSetAttribute(null=True)
    vouches_for_domains = BooleanAttribute(default=False)
    creates_accounts = BooleanAttribute(default=True)
    role_claim = UnicodeAttribute(null=True)
    role_map: Any = JSONAttribute(default=dict)

    @property
    def way_in(self) -> str:
        """Which of an organisation's ways to sign in this is: `saml` or `social`."""
        return "saml" if self.protocol == "saml" else "social"


class EncryptionKey(Entity, discriminator="encryption_key"):
    """The key to which SAML identity providers encrypt what they say to a tenant; made with the first of them.

    - `private_key`: encrypted.
    - `certificate`: in base64 of DER, for everybody.
    """

    keys = Keys("SSO#keys", "{use}")
    noun = "encryption key"

    use = UnicodeAttribute()
    private_key = UnicodeAttribute()
    certificate = UnicodeAttribute()


class FederatedIdentity(Entity, discriminator="federated_identity"):
    """Who somebody at an issuer is here; it exists once, so that two users never share an identity.

    Passkeys are guarded so, too: their issuer is `passkey`, and their subject the credential.
    """

    keys = Keys("IDENTITY#{issuer_hash}", "{subject_hash}")
    noun = "identity"

    issuer_hash = UnicodeAttribute()
    subject_hash = UnicodeAttribute()
    user_id = UnicodeAttribute()


class SignInState(Entity, discriminator="sign_in_state"):
    """A sign-in that went to a provider and is not back; by the hash of its state, spent once, gone in ten minutes.

    - `browser_hash`: of the cookie that the browser got, so that nobody is signed in by another's link.
    - `verifier`: of PKCE (RFC 7636); None for SAML.
    - `return_to`: the path to which the browser goes in the end.
    """

    keys = Keys("AUTHSTATE#{state_hash}", "STATE")
    noun = "sign-in"

    state_hash = UnicodeAttribute()
    provider = UnicodeAttribute()
    browser_hash = UnicodeAttribute()
    verifier = UnicodeAttribute(null=True)
    nonce = UnicodeAttribute(null=True)
    return_to = UnicodeAttribute()
    expires_at = Moment()


class PasskeyChallenge(Entity, discriminator="passkey_challenge"):
    """What a passkey is to sign, by its hash: once, within five minutes.

    - `purpose`: register or login.
    - `user_id`: of the former, whose passkey it will be.
    """

    keys = Keys("AUTHSTATE#{challenge_hash}", "PASSKEY")
    noun = "challenge"

    challenge_hash = UnicodeAttribute()
    purpose = UnicodeAttribute()
    user_id = UnicodeAttribute(null=True)
    expires_at = Moment()


class SpentAssertion(Entity, discriminator="spent_assertion"):
    """A SAML assertion that signed somebody in; it signs nobody in again while it would hold."""

    keys = Keys("AUTHSTATE#{assertion_hash}", "ASSERTION")
    noun = "assertion"

    assertion_hash = UnicodeAttribute()
