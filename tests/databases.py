"""The test database: tables that are append-only may be emptied between tests."""

import pytest
from django.db import connection


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """SQLite empties by DELETE, which the triggers refuse unless this table has a row. PostgreSQL truncates."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO masthead_allow_flush (reason) VALUES ('tests')")
