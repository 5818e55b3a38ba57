"""The licensing desk in the admin: requests, quotes, licenses, update notices, invoices, and the rate card."""

from importlib import import_module

for story in ("requests", "quotes", "licenses", "invoices", "ratecard", "cards"):
    import_module(f"reprints.admin.{story}")
