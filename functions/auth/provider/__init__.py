"""Lyceum as an authorization server: clients, consent, tokens (OAuth 2.1 draft; RFC 6749, 7636, 9207 and 9700)."""
