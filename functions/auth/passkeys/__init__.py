"""Passkeys: registered by people who are signed in, and a way in that is two factors at once (WebAuthn Level 3)."""
