"""The integrations over HTTP."""
