"""How people come into a school: by invitation, by a pupil's card, and guardians to their children."""
