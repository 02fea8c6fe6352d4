"""Study sessions on several devices, and the goals that their time counts for."""
