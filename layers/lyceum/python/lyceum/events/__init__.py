"""What happened, told on the event bus: one file a domain."""
