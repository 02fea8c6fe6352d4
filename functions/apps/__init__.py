"""Apps: programs of others that a tenant installs, each with a client, webhooks, settings and pages."""
