"""Webhooks as those know them who make some: administrators by themselves, and apps that are installed."""
