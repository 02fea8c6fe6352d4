"""Papers on paper: sheets that are filled in, made worse and read back, and whole sittings."""
