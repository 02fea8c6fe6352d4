"""Apps as both know them: the authorization server that lets them in, and the store that they are installed from."""
