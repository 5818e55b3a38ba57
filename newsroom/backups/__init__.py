"""Backups: one archive with the database, the signer's memory and the keys of this installation."""
