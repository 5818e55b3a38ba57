"""The tables of a new installation at once. One that has some of what this replaces goes on step by step."""

import uuid
from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# What the tables refuse stands where it was first said.
# allowed 2026-11-28: RunPython -- no rows: triggers of the tables that are made here
append_only = import_module("newsroom.events.migrations.0002_append_only")


class Migration(migrations.Migration):
    replaces = [
        ("events", "0001_initial"),
        ("events", "0002_append_only"),
        ("events", "0003_audience_nobody"),
        ("events", "0004_promise_escalated"),
        ("events", "0005_endpoint_rest"),
        ("events", "0006_due_at_endpoint"),
        ("events", "0007_how_promises_are_counted"),
        ("events", "0008_endpoint_unverified"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0005_approvals_are_closed"),
        ("articles", "0002_use_decision"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("channel", models.CharField(choices=[("email", "Mail"), ("webhook", "Webhook")], max_length=8)),
                ("template", models.CharField(blank=True, max_length=80)),
                ("recipient_kind", models.CharField(blank=True, max_length=20)),
                ("recipient_key", models.CharField(blank=True, max_length=60)),
                ("dedupe_key", models.CharField(max_length=200, unique=True)),
                ("body", models.TextField(blank=True, help_text="Frozen body of a hook.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("leased", "Being sent"),
                            ("sent", "Sent"),
                            ("dead", "Given up"),
                            ("canceled", "Canceled"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(default=5)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("crashes", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.UUIDField(blank=True, null=True)),
                (
                    "digest",
                    models.UUIDField(
                        blank=True, help_text="The mail in which a burst leaves, at every try.", null=True
                    ),
                ),
                ("last_verdict", models.CharField(blank=True, max_length=10)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "leased"])),
                        fields=["priority", "not_before", "id"],
                        name="delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("digest__isnull", False)), fields=["digest"], name="delivery_of_digest"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "leased", "sent", "dead", "canceled"])),
                        name="delivery_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "leased"), _negated=True),
                            models.Q(("lease_token__isnull", False), ("lease_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="delivery_leased_has_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="delivery_sent_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(db_index=True, max_length=60)),
                ("schema", models.PositiveSmallIntegerField(default=1)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("staff", "Staff"),
                            ("organization", "The organization concerned"),
                            ("public", "Anyone subscribed"),
                            ("nobody", "Nobody outside this desk"),
                        ],
                        max_length=12,
                    ),
                ),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_reference", models.CharField(max_length=16)),
                ("actor_kind", models.CharField(max_length=10)),
                ("happened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("data", models.JSONField(default=dict)),
                ("test", models.BooleanField(default=False)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="articles.article",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_reference", "id"], name="event_of_subject"),
                    models.Index(fields=["article", "id"], name="event_of_article"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("verdict", models.CharField(blank=True, max_length=10)),
                ("status_code", models.PositiveSmallIntegerField(null=True)),
                ("excerpt", models.CharField(blank=True, max_length=1000)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tries", to="events.delivery"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "types",
                    models.JSONField(
                        blank=True, default=list, help_text="Empty: all it may receive.", verbose_name="event types"
                    ),
                ),
                ("test", models.BooleanField(default=False, verbose_name="test")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unverified", "Not verified yet"),
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("gone", "Gone"),
                        ],
                        default="unverified",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("secret_encrypted", models.TextField(editable=False)),
                ("previous_secret_encrypted", models.TextField(blank=True, editable=False)),
                ("previous_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "failing_since",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="failing since"),
                ),
                (
                    "failures",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, editable=False, verbose_name="failures in a row"
                    ),
                ),
                (
                    "ready_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="nothing is sent before"),
                ),
                ("paused_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="endpoints",
                        to="accounts.organization",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="endpoints",
                        to="accounts.publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook endpoint",
                "verbose_name_plural": "webhook endpoints",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organization", None), ("publication__isnull", False)),
                            models.Q(("organization__isnull", False), ("publication", None)),
                            _connector="OR",
                        ),
                        name="endpoint_has_one_owner",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="endpoint",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="events.endpoint"
            ),
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="position",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                ("number", models.BigIntegerField(unique=True)),
                ("mails", models.PositiveIntegerField(default=0, help_text="How many mails it was turned into.")),
                (
                    "hooks",
                    models.PositiveIntegerField(
                        db_default=0, default=0, help_text="How many hooks it was turned into."
                    ),
                ),
                (
                    "endpoints",
                    models.JSONField(help_text="The endpoints of these hooks, as they were then.", null=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unplanned",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="unplanned",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_error", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.AddField(
            model_name="delivery",
            name="event",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="events.event"
            ),
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_reference", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=20)),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField()),
                ("counting", models.CharField(db_default="clock", default="clock", max_length=8)),
                ("latest_at", models.DateTimeField(blank=True, null=True)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("kept_at", models.DateTimeField(blank=True, null=True)),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
                ("warned_at", models.DateTimeField(blank=True, null=True)),
                ("breached_at", models.DateTimeField(blank=True, null=True)),
                ("escalated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="promises", to="accounts.publication"
                    ),
                ),
            ],
            options={
                "verbose_name": "promise",
                "verbose_name_plural": "promises",
                "indexes": [
                    models.Index(
                        condition=models.Q(("dropped_at", None), ("kept_at", None), ("paused_at", None)),
                        fields=["due_at"],
                        name="promise_running",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("dropped_at", None), ("kept_at", None)),
                        fields=("subject_kind", "subject_reference", "kind"),
                        name="promise_one_running",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["endpoint", "-id"], name="delivery_of_endpoint"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["pending", "leased"])),
                fields=["endpoint", "priority", "not_before", "id"],
                name="delivery_due_at_endpoint",
            ),
        ),
        migrations.RunPython(append_only.install, append_only.remove, elidable=False),
    ]
