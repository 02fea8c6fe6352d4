"""Students of a term in a deployed stack: by themselves at a bad line, or a crowd that thinks between two requests."""
