"""Study plans: laid, laid again, followed, and shown as a calendar."""
