"""People: accounts, classes, invitations and the directory."""
