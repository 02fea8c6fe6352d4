"""Offers: made by sellers, looked at by moderators, browsed by everybody, reviewed by buyers."""
