"""Upgrading while the previous release still runs: what a migration may do, and what that release relies on."""
