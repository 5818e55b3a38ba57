"""The shapes of the licensing desk's API: what is declared here is what the description says and what is sent."""
