"""The corrections desk in the admin: the queue of reports, the notices, the log."""

from importlib import import_module

for story in ("reports", "notices", "log", "answers", "senders", "cards"):
    import_module(f"corrections.admin.{story}")
