"""Insights: figures of a tenant for those who run it. Each says as of when it is, and what it means."""
