"""Workers of the users domain."""
