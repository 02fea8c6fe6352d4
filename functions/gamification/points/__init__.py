"""Points: what is earned for what, once, and capped a day."""
