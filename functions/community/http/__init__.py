"""The doors of the API: questions and discussions, messages and groups, reports."""
