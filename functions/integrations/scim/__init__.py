"""SCIM 2.0: people and groups as an identity provider keeps them (RFC 7643, RFC 7644)."""
