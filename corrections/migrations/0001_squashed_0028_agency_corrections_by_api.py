"""The tables of a new installation at once. One that has some of what this replaces goes on step by step."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What the tables refuse stands where it was first said.
# allowed 2026-11-28: RunPython -- no rows: triggers of the tables that are made here
ledger_append_only = import_module("corrections.migrations.0002_ledger_append_only")
ledger_seat_belt = import_module("corrections.migrations.0026_ledger_seat_belt")


class Migration(migrations.Migration):
    replaces = [
        ("corrections", "0001_initial"),
        ("corrections", "0002_ledger_append_only"),
        ("corrections", "0003_report_text_erased"),
        ("corrections", "0004_forget_networks"),
        ("corrections", "0005_report_anchor_state"),
        ("corrections", "0006_legal_act"),
        ("corrections", "0007_answer_template"),
        ("corrections", "0008_what_readers_answer"),
        ("corrections", "0009_placements"),
        ("corrections", "0010_inquiry"),
        ("corrections", "0011_bounces"),
        ("corrections", "0012_split_and_severity"),
        ("corrections", "0013_presence"),
        ("corrections", "0014_agencies"),
        ("corrections", "0015_listed_sender"),
        ("corrections", "0016_post_of_a_live_blog"),
        ("corrections", "0017_post_of_a_report"),
        ("corrections", "0018_mark_of_address"),
        ("corrections", "0019_contact_of_address"),
        ("corrections", "0020_fill_marks_of_addresses"),
        ("corrections", "0021_answer_purposes"),
        ("corrections", "0022_a_fix_in_each_article"),
        ("corrections", "0023_reasons_of_each_article"),
        ("corrections", "0024_ledger_keys"),
        ("corrections", "0025_checkpoint_size"),
        ("corrections", "0026_ledger_seat_belt"),
        ("corrections", "0027_referred_to_legal"),
        ("corrections", "0028_agency_corrections_by_api"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0005_approvals_are_closed"),
        ("articles", "0002_use_decision"),
        ("events", "0008_endpoint_unverified"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", models.PositiveBigIntegerField(unique=True, verbose_name="index")),
                ("leaf", models.TextField(verbose_name="leaf")),
                ("leaf_hash", models.CharField(max_length=64, verbose_name="leaf hash")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "ordering": ["index"],
            },
        ),
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("frontier", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="LedgerKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vkey", models.CharField(max_length=400, unique=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("article_url", models.CharField(blank=True, max_length=2000, verbose_name="address")),
                (
                    "anchor",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="post of a live blog"
                    ),
                ),
                ("article_revision", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                (
                    "medium",
                    models.CharField(
                        choices=[
                            ("web", "On the web"),
                            ("print", "In print"),
                            ("podcast", "In a podcast"),
                            ("newsletter", "In a newsletter"),
                            ("social", "On social media"),
                        ],
                        default="web",
                        max_length=12,
                        verbose_name="seen",
                    ),
                ),
                ("medium_detail", models.CharField(blank=True, max_length=300, verbose_name="where exactly")),
                ("passage_exact", models.CharField(blank=True, max_length=500, verbose_name="passage")),
                ("passage_prefix", models.CharField(blank=True, max_length=64)),
                ("passage_suffix", models.CharField(blank=True, max_length=64)),
                (
                    "anchor_state",
                    models.CharField(
                        choices=[
                            ("ok", "Still there"),
                            ("resolved_by_edit", "Resolved by edit"),
                            ("orphan", "Not found in the article"),
                        ],
                        db_default="ok",
                        default="ok",
                        editable=False,
                        max_length=16,
                        verbose_name="passage now",
                    ),
                ),
                ("claim", models.TextField(max_length=5000, verbose_name="what is wrong")),
                ("suggestion", models.TextField(blank=True, max_length=5000, verbose_name="what would be right")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("name_or_title", "A name or title"),
                            ("number_or_date", "A number or date"),
                            ("quotation", "A quotation"),
                            ("attribution", "Who said or did it"),
                            ("headline", "The headline"),
                            ("image_or_caption", "A picture or caption"),
                            ("missing_context", "Something important is left out"),
                            ("outcome_missing", "The outcome is missing (an acquittal, a ruling)"),
                            ("privacy", "Privacy"),
                            ("ai_error", "An error made by a machine"),
                            ("spelling", "Spelling or grammar"),
                            ("other", "Something else"),
                        ],
                        default="other",
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                ("sources", models.JSONField(blank=True, default=list, verbose_name="sources")),
                ("about_me", models.BooleanField(default=False, verbose_name="the reader is the subject")),
                ("acting_for", models.CharField(blank=True, max_length=120, verbose_name="acting for")),
                ("urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("urgent_reason", models.CharField(blank=True, max_length=40, verbose_name="why urgent")),
                ("language", models.CharField(default="en", max_length=20, verbose_name="language")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("new", "New"),
                            ("in_review", "In review"),
                            ("needs_info", "Waiting for the reader"),
                            ("accepted", "Accepted"),
                            ("resolved", "Resolved"),
                            ("declined", "Declined"),
                            ("duplicate", "Joined to another report"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Closed without a reply"),
                            ("spam", "Spam"),
                        ],
                        default="new",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("normal", "Normal"), ("restricted", "Restricted to legal")],
                        default="normal",
                        max_length=12,
                        verbose_name="visibility",
                    ),
                ),
                ("legal_hold", models.BooleanField(default=False, verbose_name="legal hold")),
                ("referred_at", models.DateTimeField(editable=False, null=True, verbose_name="referred to legal")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("form", "Web form"),
                            ("api", "API"),
                            ("phone", "Telephone"),
                            ("letter", "Letter"),
                            ("mail", "Mail"),
                            ("lawyer", "Lawyer"),
                            ("regulator", "Regulator"),
                        ],
                        default="form",
                        max_length=12,
                        verbose_name="came by",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("reader", "Reader"), ("staff", "Staff"), ("source", "Source or agency")],
                        default="reader",
                        max_length=8,
                        verbose_name="found by",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[("low", "Low"), ("high", "High")],
                        db_default="",
                        default="",
                        max_length=4,
                        verbose_name="severity",
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(default=0, verbose_name="priority")),
                ("priority_reasons", models.JSONField(blank=True, default=list)),
                ("held_reasons", models.JSONField(blank=True, default=list)),
                (
                    "resolution_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("corrected", "Corrected"),
                            ("clarified", "Clarified"),
                            ("minor_fix", "Fixed without a notice"),
                            ("updated", "Updated with new facts"),
                            ("retracted", "Retracted"),
                            ("reply_published", "A reply was published"),
                            ("outcome_added", "The outcome was added"),
                            ("anonymized", "A name was removed"),
                            ("removed", "Removed"),
                            ("no_error_found", "No error found"),
                            ("opinion", "An opinion"),
                            ("already_corrected", "Already corrected"),
                            ("referred_to_agency", "Passed on to the agency that wrote it"),
                            ("unpublishing_refused", "We do not remove accurate articles"),
                            ("out_of_scope", "Not about our journalism"),
                            ("not_enough_information", "Not enough information"),
                            ("withdrawn_by_reader", "Withdrawn by the reader"),
                            ("no_reply", "No reply"),
                        ],
                        max_length=24,
                        verbose_name="resolution",
                    ),
                ),
                (
                    "waiting_on",
                    models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="waits for"),
                ),
                (
                    "waiting_reason",
                    models.CharField(blank=True, db_default="", default="", max_length=500, verbose_name="why"),
                ),
                ("waiting_since", models.DateTimeField(editable=False, null=True, verbose_name="waits since")),
                ("waiting_until", models.DateTimeField(editable=False, null=True, verbose_name="waits until")),
                ("token_nonce", models.CharField(editable=False, max_length=32, unique=True)),
                ("form_token", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("network_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("reminders_sent", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("first_answered_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="closed")),
                ("appealed_at", models.DateTimeField(editable=False, null=True, verbose_name="appealed")),
                ("text_erased_at", models.DateTimeField(editable=False, null=True, verbose_name="words erased")),
                (
                    "settled_answer",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No")],
                        db_default="",
                        default="",
                        editable=False,
                        max_length=3,
                        verbose_name="the reader: the published notice settles it",
                    ),
                ),
                (
                    "same_answer",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No")],
                        db_default="",
                        default="",
                        editable=False,
                        max_length=3,
                        verbose_name="the reader: another report says the same",
                    ),
                ),
                (
                    "fixed_answer",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No")],
                        db_default="",
                        default="",
                        editable=False,
                        max_length=3,
                        verbose_name="the reader, four weeks later: it is fixed",
                    ),
                ),
                (
                    "fix_asked_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="asked whether it is fixed"),
                ),
                ("test", models.BooleanField(default=False, editable=False)),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="articles.article",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assigned_reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["status", "-priority", "id"], name="report_queue"),
                    models.Index(fields=["article", "status"], name="report_of_article"),
                    models.Index(
                        condition=models.Q(("fix_asked_at", None), ("status", "resolved")),
                        fields=["closed_at"],
                        name="report_fix_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "held",
                                    "new",
                                    "in_review",
                                    "needs_info",
                                    "accepted",
                                    "resolved",
                                    "declined",
                                    "duplicate",
                                    "withdrawn",
                                    "lapsed",
                                    "spam",
                                ],
                            )
                        ),
                        name="report_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "declined"), _negated=True),
                            models.Q(("resolution_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="report_declined_has_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["resolved", "declined", "duplicate", "withdrawn", "lapsed", "spam"]),
                                _negated=True,
                            ),
                            ("closed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="report_closed_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("ask", "Asking the reader"),
                            ("accept", "Accepting"),
                            ("decline", "Declining"),
                            ("join", "Joining to another report"),
                            ("appeal", "Answering a second look"),
                            ("close", "Closed by itself: a notice is out, or no reply came"),
                        ],
                        default="decline",
                        max_length=8,
                        verbose_name="for",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("corrected", "Corrected"),
                            ("clarified", "Clarified"),
                            ("minor_fix", "Fixed without a notice"),
                            ("updated", "Updated with new facts"),
                            ("retracted", "Retracted"),
                            ("reply_published", "A reply was published"),
                            ("outcome_added", "The outcome was added"),
                            ("anonymized", "A name was removed"),
                            ("removed", "Removed"),
                            ("no_error_found", "No error found"),
                            ("opinion", "An opinion"),
                            ("already_corrected", "Already corrected"),
                            ("referred_to_agency", "Passed on to the agency that wrote it"),
                            ("unpublishing_refused", "We do not remove accurate articles"),
                            ("out_of_scope", "Not about our journalism"),
                            ("not_enough_information", "Not enough information"),
                            ("withdrawn_by_reader", "Withdrawn by the reader"),
                            ("no_reply", "No reply"),
                        ],
                        help_text="Which outcome it belongs to; empty for any.",
                        max_length=24,
                        verbose_name="outcome",
                    ),
                ),
                ("language", models.CharField(default="en", max_length=20, verbose_name="language")),
                (
                    "title",
                    models.CharField(
                        help_text="For the desk; readers never see it.", max_length=120, verbose_name="title"
                    ),
                ),
                ("body", models.TextField(max_length=4000, verbose_name="text")),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "publication",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: every publication.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.publication",
                        verbose_name="publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer template",
                "verbose_name_plural": "answer templates",
                "ordering": ["purpose", "code", "title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("correction", "Correction"),
                            ("clarification", "Clarification"),
                            ("editors_note", "Editors’ note"),
                            ("update", "Update"),
                            ("retraction", "Retraction"),
                            ("reply", "Reply"),
                            ("minor_fix", "Minor fix"),
                        ],
                        default="correction",
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "Low"), ("high", "High")], default="low", max_length=4, verbose_name="severity"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("awaiting_approval", "Awaiting approval"),
                            ("published", "Published"),
                            ("superseded", "Superseded"),
                            ("withdrawn", "Withdrawn"),
                            ("suppressed", "Suppressed"),
                            ("discarded", "Discarded"),
                        ],
                        default="draft",
                        max_length=18,
                        verbose_name="status",
                    ),
                ),
                ("status_before", models.CharField(blank=True, editable=False, max_length=18)),
                ("text", models.TextField(blank=True, max_length=5000, verbose_name="text")),
                ("original_text", models.TextField(blank=True, max_length=5000, verbose_name="original passage")),
                ("corrected_text", models.TextField(blank=True, max_length=5000, verbose_name="corrected passage")),
                ("not_fixed_reason", models.CharField(blank=True, editable=False, max_length=500)),
                ("anchor", models.CharField(blank=True, max_length=200, verbose_name="post of a live blog")),
                ("error_published_at", models.DateTimeField(blank=True, null=True, verbose_name="the error appeared")),
                (
                    "published_at",
                    models.DateTimeField(db_index=True, editable=False, null=True, verbose_name="published"),
                ),
                ("alone_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "effect",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("supersede", "Supersedes it"),
                            ("withdraw", "Withdraws it"),
                            ("reinstate", "Reinstates it"),
                        ],
                        max_length=10,
                        verbose_name="effect on it",
                    ),
                ),
                ("reader_reported", models.BooleanField(default=False, editable=False)),
                ("lint_answers", models.JSONField(blank=True, default=dict, editable=False)),
                ("suppressed_reason", models.CharField(blank=True, editable=False, max_length=500)),
                ("suppressed_hidden", models.BooleanField(default=False, editable=False)),
                ("destroyed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="accounts.publication",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followers",
                        to="corrections.correction",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["publication", "-published_at", "-id"], name="correction_log")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "awaiting_approval",
                                    "published",
                                    "superseded",
                                    "withdrawn",
                                    "suppressed",
                                    "discarded",
                                ],
                            )
                        ),
                        name="correction_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "correction",
                                    "clarification",
                                    "editors_note",
                                    "update",
                                    "retraction",
                                    "reply",
                                    "minor_fix",
                                ],
                            )
                        ),
                        name="correction_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["published", "superseded", "withdrawn", "awaiting_approval"]),
                                _negated=True,
                            ),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="correction_published_has_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["published", "superseded", "withdrawn"]), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="correction_published_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("effect", ""), ("target", None)),
                            models.Q(models.Q(("effect", ""), _negated=True), ("target__isnull", False)),
                            _connector="OR",
                        ),
                        name="correction_effect_names_target",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionArticle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision_before",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="revision with the error"),
                ),
                (
                    "revision_after",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="revision with the fix"),
                ),
                ("fixed_at", models.DateTimeField(blank=True, null=True, verbose_name="fix seen")),
                (
                    "proposed_revision",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="revision that looks like the fix"),
                ),
                (
                    "not_fixed_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=500,
                        verbose_name="why the article is not changed",
                    ),
                ),
                (
                    "anchor",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="post of a live blog"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="articles.article"
                    ),
                ),
                (
                    "correction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="articles",
                        to="corrections.correction",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("correction", "article"), name="correction_names_article_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionAuthor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "correction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="authors", to="corrections.correction"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("correction", "user"), name="correction_author_once")],
            },
        ),
        migrations.CreateModel(
            name="LedgerCheckpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("signed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "checkpoint",
                "verbose_name_plural": "checkpoints",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["size"], name="ledger_checkpoint_size")],
            },
        ),
        migrations.CreateModel(
            name="LedgerOpening",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="opening",
                        serialize=False,
                        to="corrections.ledgerentry",
                    ),
                ),
                ("salt", models.CharField(max_length=64)),
                ("content", models.JSONField()),
            ],
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="correction",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger_entry",
                to="corrections.correction",
            ),
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("article_foot", "At the foot of the article"),
                            ("under_headline", "Under the headline"),
                            ("homepage", "Home page"),
                            ("corrections_page", "Corrections page"),
                            ("social", "Social media"),
                            ("alert", "Push alert or newsletter"),
                            ("print", "In print"),
                        ],
                        max_length=20,
                        verbose_name="place",
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=2000, verbose_name="address")),
                (
                    "detail",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="edition and page"
                    ),
                ),
                ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="seen there")),
                (
                    "correction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placements",
                        to="corrections.correction",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("correction", "place"), name="placement_once")],
            },
        ),
        migrations.CreateModel(
            name="ReporterContact",
            fields=[
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="contact",
                        serialize=False,
                        to="corrections.report",
                    ),
                ),
                ("name_sealed", models.TextField(blank=True)),
                ("email_sealed", models.TextField(blank=True)),
                ("email_mark", models.CharField(blank=True, db_default="", default="", editable=False, max_length=64)),
                ("phone_sealed", models.TextField(blank=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="address confirmed")),
                ("bounced_at", models.DateTimeField(blank=True, null=True, verbose_name="mail bounced")),
                ("given_at", models.DateTimeField(blank=True, null=True, verbose_name="another address given")),
                ("address_number", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("email_mark", ""), _negated=True),
                        fields=["email_mark"],
                        name="contact_of_address",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="report",
            name="correction",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="corrections.correction",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="desk",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="reports",
                to="accounts.desk",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="joined_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joined",
                to="corrections.report",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="publication",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="accounts.publication"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="same_as",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="said_same",
                to="corrections.report",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="split_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="corrections.report",
            ),
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "doing",
                    models.CharField(
                        choices=[("reading", "opened this report"), ("replying", "started replying")], max_length=10
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="presences", to="corrections.report"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("report", "person"), name="presence_once")],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "author_kind",
                    models.CharField(
                        choices=[("reader", "Reader"), ("staff", "Desk"), ("colleague", "Colleague")], max_length=10
                    ),
                ),
                ("internal", models.BooleanField(default=False, verbose_name="internal note")),
                ("body", models.TextField(max_length=5000, verbose_name="message")),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="corrections.report"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ListedSender",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("address", "Mail address"), ("domain", "Mail domain"), ("network", "Network")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("mark", models.CharField(editable=False, max_length=64)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("added_at", models.DateTimeField(verbose_name="since")),
                ("expires_at", models.DateTimeField(verbose_name="until")),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="lifted")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.publication"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listed_senders",
                        to="corrections.report",
                    ),
                ),
            ],
            options={
                "verbose_name": "sender to look at",
                "verbose_name_plural": "senders to look at",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["expires_at"], name="listed_sender_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("publication", "kind", "mark"),
                        name="listed_sender_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["address", "domain", "network"])),
                        name="listed_sender_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("restrict", "Restricted to legal"),
                            ("unrestrict", "Open to the desk again"),
                            ("place_hold", "Legal hold placed"),
                            ("lift_hold", "Legal hold lifted"),
                            ("refer", "Referred to legal"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="legal_acts", to="corrections.report"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("question", models.TextField(max_length=5000, verbose_name="question")),
                ("show_claim", models.BooleanField(default=False, verbose_name="shows the reader’s words")),
                ("reply_by", models.DateTimeField(verbose_name="reply by")),
                ("name_sealed", models.TextField(blank=True)),
                ("email_sealed", models.TextField(blank=True)),
                ("token_nonce", models.CharField(editable=False, max_length=32, unique=True)),
                ("reminded_at", models.DateTimeField(editable=False, null=True)),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "answer",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="inquiry",
                        to="corrections.message",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="inquiries", to="corrections.report"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("move", models.CharField(max_length=20)),
                (
                    "resolution_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("corrected", "Corrected"),
                            ("clarified", "Clarified"),
                            ("minor_fix", "Fixed without a notice"),
                            ("updated", "Updated with new facts"),
                            ("retracted", "Retracted"),
                            ("reply_published", "A reply was published"),
                            ("outcome_added", "The outcome was added"),
                            ("anonymized", "A name was removed"),
                            ("removed", "Removed"),
                            ("no_error_found", "No error found"),
                            ("opinion", "An opinion"),
                            ("already_corrected", "Already corrected"),
                            ("referred_to_agency", "Passed on to the agency that wrote it"),
                            ("unpublishing_refused", "We do not remove accurate articles"),
                            ("out_of_scope", "Not about our journalism"),
                            ("not_enough_information", "Not enough information"),
                            ("withdrawn_by_reader", "Withdrawn by the reader"),
                            ("no_reply", "No reply"),
                        ],
                        max_length=24,
                    ),
                ),
                ("answer", models.TextField(blank=True, max_length=5000, verbose_name="answer to the reader")),
                ("turn_to", models.TextField(blank=True, max_length=2000, verbose_name="where else to turn")),
                (
                    "agency",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=120, verbose_name="passed on to"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="corrections.report"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="AgencyCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("agency", models.CharField(max_length=120, verbose_name="agency")),
                ("headline", models.CharField(max_length=300, verbose_name="headline")),
                ("text", models.TextField(max_length=4000, verbose_name="what the agency says")),
                ("url", models.CharField(blank=True, max_length=2000, verbose_name="address")),
                (
                    "source_id",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="the agency’s own id"
                    ),
                ),
                ("articles", models.ManyToManyField(related_name="+", to="articles.article")),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.publication"
                    ),
                ),
                (
                    "correction",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agency_corrections",
                        to="corrections.correction",
                    ),
                ),
                ("reports", models.ManyToManyField(related_name="agency_corrections", to="corrections.report")),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "duplicate"), _negated=True), ("joined_to__isnull", False), _connector="OR"
                ),
                name="report_duplicate_names_another",
            ),
        ),
        migrations.RunPython(ledger_append_only.install, ledger_append_only.remove, elidable=False),
        migrations.RunPython(ledger_seat_belt.install, ledger_seat_belt.remove, elidable=False),
    ]
