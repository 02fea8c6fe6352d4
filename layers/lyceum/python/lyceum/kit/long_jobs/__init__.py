"""Work that takes longer than a request: a job that somebody starts, watches and may cancel, done a page at a time."""
