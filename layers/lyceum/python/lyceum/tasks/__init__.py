"""What somebody is told to do next, and who it is told to: one file a domain."""
