"""Sign-in by SAML 2.0: a tenant as service provider (SAML 2.0 Profiles, 4.1)."""
