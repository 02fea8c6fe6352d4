"""People: their profiles and choices, what admins may do to an account, invitations and pupils' cards."""
