"""People: their profiles and choices, what admins may do to an account, invitations and pupils' cards.

Files, upper to lower; each imports downwards only:

1. `http`, `events`, `jobs`: the doors
2. `account`, `statistics`, `erasure`, `guardians`
3. `profiles`
4. `account_admin`, `invitations`, `pin_cards`, `user_directory`
5. `schemas`
"""
