"""Everything that is stored: this folder is the single-table design, one file or folder a domain."""
