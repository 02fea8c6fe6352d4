"""Traffic: who calls how much, and addresses that are refused for a while."""
