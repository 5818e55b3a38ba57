"""The tables of a new installation at once. One that has some of what this replaces goes on step by step."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import newsroom.links

# What the tables refuse stands where it was first said.
# allowed 2026-11-28: RunPython -- no rows: triggers of the tables that are made here
invoice_frozen = import_module("reprints.migrations.0007_invoice_frozen")


class Migration(migrations.Migration):
    replaces = [
        ("reprints", "0001_initial"),
        ("reprints", "0002_invoices"),
        ("reprints", "0003_partner_sign_in"),
        ("reprints", "0004_end_client"),
        ("reprints", "0005_message_proposal"),
        ("reprints", "0006_request_drafts"),
        ("reprints", "0007_invoice_frozen"),
        ("reprints", "0008_notice_reminders"),
        ("reprints", "0009_billing_and_tax"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0005_approvals_are_closed"),
        ("articles", "0002_use_decision"),
        ("events", "0008_endpoint_unverified"),
    ]

    operations = [
        migrations.CreateModel(
            name="UseType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("republish_web", "Republish on a website"),
                            ("republish_print", "Republish in print"),
                            ("syndication_feed", "Syndication feed"),
                            ("excerpt_quote", "Quote a passage"),
                            ("translation", "Translate and publish"),
                            ("eprint_pdf", "E-print (PDF)"),
                            ("reprint_hardcopy", "Printed reprints"),
                            ("email_newsletter", "E-mail newsletter"),
                            ("intranet_internal", "Intranet or internal circulation"),
                            ("presentation_event", "Presentation or event"),
                            ("book_chapter", "In a book"),
                            ("course_material", "Course material"),
                            ("exam", "Exam"),
                            ("broadcast_read", "Read out in a broadcast"),
                            ("text_to_speech", "Text to speech"),
                            ("social_post", "Social media post"),
                            ("advertising_quote", "Quote in advertising"),
                            ("badge_logo", "Badge or logo"),
                            ("archive_database", "Archive or database"),
                            ("media_monitoring", "Media monitoring"),
                            ("ai_train", "Train an AI model"),
                            ("ai_input", "Input to an AI system"),
                            ("ai_index", "Index for an AI system"),
                            ("search_index", "Search index"),
                            ("tdm_research", "Text and data mining for research"),
                            ("other", "Something else"),
                        ],
                        max_length=24,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="label")),
                ("help_text", models.CharField(blank=True, max_length=300, verbose_name="in plain words")),
                (
                    "default_format",
                    models.CharField(
                        choices=[
                            ("print", "Print"),
                            ("web", "Website"),
                            ("app", "App"),
                            ("email", "E-mail"),
                            ("pdf_eprint", "PDF"),
                            ("intranet", "Intranet"),
                            ("slides", "Slides"),
                            ("book", "Book"),
                            ("ebook", "E-book"),
                            ("audio", "Audio"),
                            ("video", "Video"),
                            ("social", "Social media"),
                            ("api_feed", "Feed"),
                            ("dataset", "Data set"),
                        ],
                        default="web",
                        max_length=12,
                        verbose_name="usual format",
                    ),
                ),
                (
                    "default_unit",
                    models.CharField(
                        choices=[
                            ("copies", "copies"),
                            ("recipients", "recipients"),
                            ("subscribers", "subscribers"),
                            ("monthly_users", "monthly users"),
                            ("seats", "seats"),
                            ("tokens", "tokens"),
                            ("requests", "requests"),
                        ],
                        default="monthly_users",
                        max_length=16,
                        verbose_name="usual unit",
                    ),
                ),
                (
                    "required_fields",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Members of an item that this use cannot do without.",
                        verbose_name="needed",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "kind of use",
                "verbose_name_plural": "kinds of use",
                "ordering": ["order", "code"],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "kind",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit_note", "Credit note")],
                        default="invoice",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("issued", "Issued"),
                            ("paid", "Paid"),
                            ("credited", "Credited"),
                            ("written_off", "Written off"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("legal_entity", models.CharField(blank=True, default="", max_length=200, verbose_name="legal entity")),
                ("series", models.CharField(blank=True, default="", max_length=30, verbose_name="series")),
                (
                    "sequence",
                    models.PositiveIntegerField(
                        blank=True, editable=False, null=True, verbose_name="number in the series"
                    ),
                ),
                ("number", models.CharField(blank=True, default="", max_length=40, verbose_name="number")),
                ("seller", models.JSONField(blank=True, default=dict, verbose_name="seller")),
                ("buyer", models.JSONField(blank=True, default=dict, verbose_name="buyer")),
                ("lines", models.JSONField(blank=True, default=list, verbose_name="lines")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("net", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="net")),
                ("tax", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="tax")),
                ("gross", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="gross")),
                (
                    "tax_rate",
                    models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name="tax rate, %"),
                ),
                (
                    "tax_treatment",
                    models.CharField(
                        choices=[
                            ("domestic", "Domestic"),
                            ("eu_b2b_reverse_charge", "EU business, reverse charge"),
                            ("eu_b2c_oss", "EU consumer, one-stop shop"),
                            ("outside_eu", "Outside the EU"),
                            ("exempt", "Exempt"),
                            ("manual", "Decided by hand"),
                        ],
                        default="manual",
                        max_length=24,
                        verbose_name="tax treatment",
                    ),
                ),
                (
                    "tax_evidence",
                    models.JSONField(blank=True, default=dict, verbose_name="evidence for the tax treatment"),
                ),
                (
                    "paid_amount",
                    models.DecimalField(
                        decimal_places=3, default=0, editable=False, max_digits=14, verbose_name="paid"
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="issued")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("paid_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="paid in full")),
                ("reminders", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="reminders")),
                ("reminded_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reminded")),
                (
                    "suspended_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="licenses suspended"),
                ),
                (
                    "reason",
                    models.TextField(blank=True, default="", editable=False, max_length=500, verbose_name="reason"),
                ),
                ("test", models.BooleanField(default=False, editable=False, verbose_name="test")),
                (
                    "credits",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="reprints.invoice",
                        verbose_name="credits",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="accounts.organization",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="accounts.publication"
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("status", "issued")), fields=["due_on"], name="invoice_due"),
                    models.Index(fields=["organization", "-id"], name="invoice_of_partner"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "issued", "paid", "credited", "written_off"])),
                        name="invoice_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("publication", "number"),
                        name="invoice_number_once",
                    ),
                    models.UniqueConstraint(
                        fields=("legal_entity", "series", "sequence"), name="invoice_sequence_once"
                    ),
                    models.UniqueConstraint(fields=("credits",), name="invoice_credited_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credits", None), ("kind", "invoice")),
                            models.Q(("credits__isnull", False), ("kind", "credit_note")),
                            _connector="OR",
                        ),
                        name="invoice_credit_note_names_invoice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("net__gte", 0),
                            ("paid_amount__gte", 0),
                            ("paid_amount__lte", models.F("gross")),
                            ("tax__gte", 0),
                        ),
                        name="invoice_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sequence", None),
                            models.Q(
                                ("issued_at__isnull", False),
                                models.Q(("number", ""), _negated=True),
                                models.Q(("series", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_numbered_is_issued",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("legal_entity", models.CharField(max_length=200, verbose_name="legal entity")),
                ("series", models.CharField(max_length=30, verbose_name="series")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="last number")),
            ],
            options={
                "verbose_name": "invoice counter",
                "verbose_name_plural": "invoice counters",
                "constraints": [
                    models.UniqueConstraint(fields=("legal_entity", "series"), name="invoice_counter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="License",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending_payment", "Waiting for payment"),
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("revoked", "Revoked"),
                            ("terminated", "Ended early"),
                            ("superseded", "Superseded"),
                        ],
                        default="active",
                        editable=False,
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("snapshot", models.JSONField(editable=False, verbose_name="snapshot")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("republish_web", "Republish on a website"),
                            ("republish_print", "Republish in print"),
                            ("syndication_feed", "Syndication feed"),
                            ("excerpt_quote", "Quote a passage"),
                            ("translation", "Translate and publish"),
                            ("eprint_pdf", "E-print (PDF)"),
                            ("reprint_hardcopy", "Printed reprints"),
                            ("email_newsletter", "E-mail newsletter"),
                            ("intranet_internal", "Intranet or internal circulation"),
                            ("presentation_event", "Presentation or event"),
                            ("book_chapter", "In a book"),
                            ("course_material", "Course material"),
                            ("exam", "Exam"),
                            ("broadcast_read", "Read out in a broadcast"),
                            ("text_to_speech", "Text to speech"),
                            ("social_post", "Social media post"),
                            ("advertising_quote", "Quote in advertising"),
                            ("badge_logo", "Badge or logo"),
                            ("archive_database", "Archive or database"),
                            ("media_monitoring", "Media monitoring"),
                            ("ai_train", "Train an AI model"),
                            ("ai_input", "Input to an AI system"),
                            ("ai_index", "Index for an AI system"),
                            ("search_index", "Search index"),
                            ("tdm_research", "Text and data mining for research"),
                            ("other", "Something else"),
                        ],
                        editable=False,
                        max_length=24,
                        verbose_name="use",
                    ),
                ),
                ("territory", models.JSONField(default=list, editable=False, verbose_name="territory")),
                (
                    "exclusivity",
                    models.CharField(
                        choices=[
                            ("none", "Not exclusive"),
                            ("media", "Exclusive in this medium"),
                            ("territory", "Exclusive in this territory"),
                            ("full", "Fully exclusive"),
                        ],
                        default="none",
                        editable=False,
                        max_length=10,
                        verbose_name="exclusivity",
                    ),
                ),
                ("starts_on", models.DateField(editable=False, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, editable=False, null=True, verbose_name="until")),
                ("perpetual", models.BooleanField(default=False, editable=False, verbose_name="perpetual")),
                ("archival", models.BooleanField(default=False, editable=False, verbose_name="archival rights")),
                ("issued_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="issued")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("payment_overdue", "Payment overdue"),
                            ("suspected_breach", "Suspected breach"),
                            ("correction_pending", "A correction is pending"),
                            ("non_payment", "Not paid"),
                            ("breach", "Breach of the terms"),
                            ("rights_lost", "We lost the rights"),
                            ("legal_takedown", "Legal takedown"),
                            ("retraction", "The article was retracted"),
                            ("issued_in_error", "Issued in error"),
                            ("fraud", "Fraud"),
                            ("by_licensee", "Ended by the licensee"),
                            ("agreed", "Ended by agreement"),
                        ],
                        default="",
                        editable=False,
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                (
                    "end_words",
                    models.TextField(blank=True, editable=False, max_length=2000, verbose_name="words to the licensee"),
                ),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="ended")),
                (
                    "suspended_until",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="suspended until"),
                ),
                (
                    "removal_deadline",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="remove by"),
                ),
                ("expiring_told", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("expired_told_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("test", models.BooleanField(default=False, editable=False, verbose_name="test")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="licenses", to="articles.article"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licenses",
                        to="accounts.organization",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="licenses", to="accounts.publication"
                    ),
                ),
                (
                    "renews",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewed_by",
                        to="reprints.license",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="reprints.license",
                    ),
                ),
            ],
            options={
                "verbose_name": "license",
                "verbose_name_plural": "licenses",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["article", "status"], name="license_of_article"),
                    models.Index(fields=["organization", "-id"], name="license_of_partner"),
                    models.Index(condition=models.Q(("status", "active")), fields=["ends_on"], name="license_ending"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["pending_payment", "active", "suspended", "revoked", "terminated", "superseded"],
                            )
                        ),
                        name="license_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_on", None), ("perpetual", True)),
                            models.Q(
                                ("ends_on__gte", models.F("starts_on")),
                                ("ends_on__isnull", False),
                                ("perpetual", False),
                            ),
                            _connector="OR",
                        ),
                        name="license_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "pending_payment"),
                            ("status", "terminated"),
                            ("issued_at__isnull", False),
                            _connector="OR",
                        ),
                        name="license_in_force_was_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "revoked"), _negated=True),
                            models.Q(models.Q(("end_reason", ""), _negated=True), ("removal_deadline__isnull", False)),
                            _connector="OR",
                        ),
                        name="license_revoked_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "superseded"), _negated=True),
                            ("superseded_by__isnull", False),
                            _connector="OR",
                        ),
                        name="license_superseded_names_other",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LicenseRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("in_review", "In review"),
                            ("needs_info", "Waiting for the requester"),
                            ("quoted", "Quoted"),
                            ("agreed", "Agreed"),
                            ("fulfilled", "Licensed"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                            ("redirected", "Referred to the rights owner"),
                        ],
                        default="submitted",
                        editable=False,
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "organization_type",
                    models.CharField(
                        choices=[
                            ("publisher", "Publisher"),
                            ("broadcaster", "Broadcaster"),
                            ("corporate", "Company"),
                            ("agency_pr", "PR or advertising agency"),
                            ("education", "Education"),
                            ("government", "Public authority"),
                            ("nonprofit", "Non-profit"),
                            ("individual", "Private person"),
                            ("ai_developer", "AI developer"),
                            ("aggregator", "Aggregator"),
                            ("monitoring", "Media monitoring"),
                        ],
                        default="publisher",
                        max_length=20,
                        verbose_name="kind of organization",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("po_number", models.CharField(blank=True, max_length=60, verbose_name="order number")),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="needed by")),
                (
                    "end_client",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="for the client"
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=5000, verbose_name="note")),
                ("language", models.CharField(blank=True, max_length=20, verbose_name="language")),
                (
                    "lane",
                    models.CharField(
                        choices=[
                            ("free", "Free of charge"),
                            ("priced", "Priced from the rate card"),
                            ("manual", "Answered by a person"),
                        ],
                        default="manual",
                        max_length=8,
                        verbose_name="lane",
                    ),
                ),
                ("lane_reasons", models.JSONField(blank=True, default=list, verbose_name="reasons")),
                (
                    "decline_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rights_not_held", "The rights are not ours"),
                            ("third_party_content", "It contains other people's work"),
                            ("exclusive_elsewhere", "Licensed exclusively to someone else"),
                            ("editorial_policy", "Editorial policy"),
                            ("endorsement", "It would suggest an endorsement"),
                            ("legal", "Legal reasons"),
                            ("insufficient_info", "Not enough information"),
                            ("spam", "Not a request"),
                        ],
                        default="",
                        editable=False,
                        max_length=24,
                        verbose_name="reason",
                    ),
                ),
                (
                    "nonce",
                    models.CharField(default=newsroom.links.new_nonce, editable=False, max_length=22, unique=True),
                ),
                (
                    "waiting_since",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="waiting since"),
                ),
                ("reminders", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="reminders")),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed")),
                (
                    "article_changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="article changed"),
                ),
                ("test", models.BooleanField(default=False, editable=False, verbose_name="test")),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="license_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "desk",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="license_requests",
                        to="accounts.desk",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="license_requests",
                        to="accounts.organization",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="license_requests",
                        to="accounts.publication",
                    ),
                ),
                (
                    "renews",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewals",
                        to="reprints.license",
                    ),
                ),
            ],
            options={
                "verbose_name": "license request",
                "verbose_name_plural": "license requests",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["publication", "status", "-id"], name="license_request_queue"),
                    models.Index(fields=["organization", "-id"], name="license_request_of_partner"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "submitted",
                                    "in_review",
                                    "needs_info",
                                    "quoted",
                                    "agreed",
                                    "fulfilled",
                                    "declined",
                                    "withdrawn",
                                    "lapsed",
                                    "redirected",
                                ],
                            )
                        ),
                        name="license_request_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lane__in", ["free", "priced", "manual"])),
                        name="license_request_lane_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decline_code", ""), ("status", "declined"), _connector="OR"),
                        name="license_request_code_if_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "declined"), _negated=True),
                            models.Q(("decline_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="license_request_declined_has_code",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="license",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="licenses", to="reprints.licenserequest"
            ),
        ),
        migrations.CreateModel(
            name="PartnerSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret_sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(editable=False, verbose_name="signed in")),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="accounts.contact"
                    ),
                ),
            ],
            options={
                "verbose_name": "session of a partner",
                "verbose_name_plural": "sessions of partners",
                "indexes": [models.Index(fields=["created_at"], name="partner_session_by_age")],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="amount")),
                ("reference", models.CharField(max_length=100, verbose_name="payment reference")),
                ("received_on", models.DateField(verbose_name="received")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="recorded")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="reprints.invoice"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_positive"),
                    models.UniqueConstraint(fields=("invoice", "reference"), name="payment_reference_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.URLField(max_length=1000, verbose_name="address")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("declared_at", models.DateTimeField(auto_now_add=True, verbose_name="declared")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed")),
                ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="seen by us")),
                (
                    "license",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="placements", to="reprints.license"
                    ),
                ),
            ],
            options={
                "verbose_name": "placement",
                "verbose_name_plural": "placements",
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("license", "url"), name="reprint_placement_once")],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="Counts the quotes of a request from 1.", verbose_name="number"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("superseded", "Superseded"),
                            ("canceled", "Canceled"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("net", models.DecimalField(decimal_places=3, default=0, max_digits=14, verbose_name="net")),
                ("tax", models.DecimalField(decimal_places=3, default=0, max_digits=14, verbose_name="tax")),
                ("gross", models.DecimalField(decimal_places=3, default=0, max_digits=14, verbose_name="gross")),
                (
                    "tax_rate",
                    models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name="tax rate, %"),
                ),
                (
                    "tax_treatment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("domestic", "Domestic"),
                            ("eu_b2b_reverse_charge", "EU business, reverse charge"),
                            ("eu_b2c_oss", "EU consumer, one-stop shop"),
                            ("outside_eu", "Outside the EU"),
                            ("exempt", "Exempt"),
                            ("manual", "Decided by hand"),
                        ],
                        default="",
                        max_length=24,
                        verbose_name="tax treatment",
                    ),
                ),
                (
                    "tax_evidence",
                    models.JSONField(
                        blank=True, editable=False, null=True, verbose_name="evidence for the tax treatment"
                    ),
                ),
                ("valid_until", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                ("exclusions_confirmed", models.BooleanField(default=False, verbose_name="exclusions confirmed")),
                ("note", models.TextField(blank=True, max_length=5000, verbose_name="note to the requester")),
                ("opened_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="sent")),
                ("accepted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="accepted")),
                ("signatory_encrypted", models.TextField(blank=True, editable=False)),
                ("ended_reason", models.TextField(blank=True, editable=False, max_length=2000, verbose_name="reason")),
                (
                    "reconfirm_since",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="article changed"),
                ),
                ("test", models.BooleanField(default=False, editable=False, verbose_name="test")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotes",
                        to="accounts.organization",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="accounts.publication"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="reprints.licenserequest"
                    ),
                ),
                (
                    "signatory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.contact",
                    ),
                ),
            ],
            options={
                "verbose_name": "quote",
                "verbose_name_plural": "quotes",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="quote_of_partner"),
                    models.Index(fields=["publication", "status", "-id"], name="quote_queue"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "open", "accepted", "declined", "superseded", "canceled"])
                        ),
                        name="quote_status_known",
                    ),
                    models.UniqueConstraint(fields=("request", "number"), name="quote_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")), fields=("request",), name="quote_one_open_per_request"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "accepted")),
                        fields=("request",),
                        name="quote_one_accepted_per_request",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("gross__gte", 0), ("net__gte", 0), ("tax__gte", 0)),
                        name="quote_not_negative",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="license",
            name="quote",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="licenses", to="reprints.quote"
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="quote",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="reprints.quote"
            ),
        ),
        migrations.CreateModel(
            name="QuoteLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="item")),
                ("granted", models.JSONField(default=dict, verbose_name="granted")),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="asked and granted")),
                ("exclusions", models.JSONField(blank=True, default=list, verbose_name="left out")),
                (
                    "price",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="price"),
                ),
                ("trace", models.JSONField(blank=True, default=list, verbose_name="how the price came about")),
                (
                    "override_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="reason for another price"),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.article"
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="reprints.quote"
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("quote", "position"), name="quote_line_position_once"),
                    models.CheckConstraint(
                        condition=models.Q(("price", None), ("price__gte", 0), _connector="OR"),
                        name="quote_line_not_negative",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="license",
            name="line",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="license", to="reprints.quoteline"
            ),
        ),
        migrations.CreateModel(
            name="RateCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("draft", models.BooleanField(default=True, verbose_name="draft")),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rate_cards",
                        to="accounts.publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "rate card",
                "verbose_name_plural": "rate cards",
                "ordering": ["-valid_from", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="rate_card_dates",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "priority",
                    models.PositiveIntegerField(
                        help_text="The lowest number that matches wins.", verbose_name="priority"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "match",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='For example {"use": ["republish_web"], "organization_type": ["publisher"]}; empty: everything.',
                        verbose_name="applies to",
                    ),
                ),
                ("base", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="base price")),
                (
                    "per_unit",
                    models.DecimalField(decimal_places=6, default=0, max_digits=14, verbose_name="price of each unit"),
                ),
                ("unit_size", models.PositiveIntegerField(default=1, verbose_name="size of a unit")),
                ("factors", models.JSONField(blank=True, default=list, verbose_name="factors")),
                ("minimum", models.DecimalField(decimal_places=3, default=0, max_digits=14, verbose_name="minimum")),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rules", to="reprints.ratecard"
                    ),
                ),
            ],
            options={
                "verbose_name": "price rule",
                "verbose_name_plural": "price rules",
                "ordering": ["priority", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("card", "priority"), name="price_rule_priority_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("base__gte", 0), ("minimum__gte", 0), ("per_unit__gte", 0), ("unit_size__gte", 1)
                        ),
                        name="price_rule_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "nonce",
                    models.CharField(default=newsroom.links.new_nonce, editable=False, max_length=22, unique=True),
                ),
                ("fields_encrypted", models.TextField(editable=False)),
                ("saved_at", models.DateTimeField(editable=False, verbose_name="saved")),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="request_drafts",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a license request",
                "verbose_name_plural": "drafts of license requests",
                "indexes": [models.Index(fields=["saved_at"], name="request_draft_by_age")],
            },
        ),
        migrations.CreateModel(
            name="RequesterContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_encrypted", models.TextField(blank=True, editable=False)),
                ("email_encrypted", models.TextField(blank=True, editable=False)),
                ("company_encrypted", models.TextField(blank=True, editable=False)),
                ("billing_encrypted", models.TextField(blank=True, db_default="", default="", editable=False)),
                (
                    "address_mark",
                    models.CharField(blank=True, db_default="", default="", editable=False, max_length=32),
                ),
                ("email_confirmed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact",
                        to="reprints.licenserequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "requester",
                "verbose_name_plural": "requesters",
            },
        ),
        migrations.CreateModel(
            name="RequestItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("revision", models.PositiveIntegerField(default=0, verbose_name="revision when asked")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("republish_web", "Republish on a website"),
                            ("republish_print", "Republish in print"),
                            ("syndication_feed", "Syndication feed"),
                            ("excerpt_quote", "Quote a passage"),
                            ("translation", "Translate and publish"),
                            ("eprint_pdf", "E-print (PDF)"),
                            ("reprint_hardcopy", "Printed reprints"),
                            ("email_newsletter", "E-mail newsletter"),
                            ("intranet_internal", "Intranet or internal circulation"),
                            ("presentation_event", "Presentation or event"),
                            ("book_chapter", "In a book"),
                            ("course_material", "Course material"),
                            ("exam", "Exam"),
                            ("broadcast_read", "Read out in a broadcast"),
                            ("text_to_speech", "Text to speech"),
                            ("social_post", "Social media post"),
                            ("advertising_quote", "Quote in advertising"),
                            ("badge_logo", "Badge or logo"),
                            ("archive_database", "Archive or database"),
                            ("media_monitoring", "Media monitoring"),
                            ("ai_train", "Train an AI model"),
                            ("ai_input", "Input to an AI system"),
                            ("ai_index", "Index for an AI system"),
                            ("search_index", "Search index"),
                            ("tdm_research", "Text and data mining for research"),
                            ("other", "Something else"),
                        ],
                        max_length=24,
                        verbose_name="use",
                    ),
                ),
                (
                    "portion",
                    models.CharField(
                        choices=[
                            ("full_text", "The full text"),
                            ("excerpt", "An excerpt"),
                            ("headline_summary", "Headline and summary"),
                            ("quote", "A quotation"),
                            ("chart", "A chart"),
                            ("logo_badge", "A logo or badge"),
                        ],
                        default="full_text",
                        max_length=20,
                        verbose_name="portion",
                    ),
                ),
                ("excerpt_text", models.TextField(blank=True, verbose_name="excerpt")),
                (
                    "words",
                    models.PositiveIntegerField(default=0, help_text="Counted by the server.", verbose_name="words"),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("print", "Print"),
                            ("web", "Website"),
                            ("app", "App"),
                            ("email", "E-mail"),
                            ("pdf_eprint", "PDF"),
                            ("intranet", "Intranet"),
                            ("slides", "Slides"),
                            ("book", "Book"),
                            ("ebook", "E-book"),
                            ("audio", "Audio"),
                            ("video", "Video"),
                            ("social", "Social media"),
                            ("api_feed", "Feed"),
                            ("dataset", "Data set"),
                        ],
                        default="web",
                        max_length=12,
                        verbose_name="format",
                    ),
                ),
                ("quantity", models.PositiveIntegerField(blank=True, null=True, verbose_name="quantity")),
                (
                    "quantity_unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("copies", "copies"),
                            ("recipients", "recipients"),
                            ("subscribers", "subscribers"),
                            ("monthly_users", "monthly users"),
                            ("seats", "seats"),
                            ("tokens", "tokens"),
                            ("requests", "requests"),
                        ],
                        default="monthly_users",
                        max_length=16,
                        verbose_name="unit",
                    ),
                ),
                ("territory", models.JSONField(default=list, verbose_name="territory")),
                ("languages", models.JSONField(default=list, verbose_name="languages")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("perpetual", models.BooleanField(default=False, verbose_name="perpetual")),
                (
                    "exclusivity",
                    models.CharField(
                        choices=[
                            ("none", "Not exclusive"),
                            ("media", "Exclusive in this medium"),
                            ("territory", "Exclusive in this territory"),
                            ("full", "Fully exclusive"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="exclusivity",
                    ),
                ),
                (
                    "modifications",
                    models.CharField(
                        choices=[
                            ("none", "No changes"),
                            ("style_only", "House style only"),
                            ("shorten", "Shorten"),
                            ("translate", "Translate"),
                            ("adapt", "Adapt"),
                        ],
                        default="none",
                        max_length=12,
                        verbose_name="changes",
                    ),
                ),
                ("placement_urls", models.JSONField(blank=True, default=list, verbose_name="placements")),
                ("ai_purposes", models.JSONField(blank=True, default=list, verbose_name="purposes of a machine")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.article"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="reprints.licenserequest"
                    ),
                ),
            ],
            options={
                "verbose_name": "item",
                "verbose_name_plural": "items",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("request", "position"), name="request_item_position_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_on", None), ("perpetual", True)),
                            models.Q(
                                ("ends_on__gte", models.F("starts_on")),
                                ("ends_on__isnull", False),
                                ("perpetual", False),
                            ),
                            _connector="OR",
                        ),
                        name="request_item_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity", None),
                            models.Q(("quantity__gte", 1), ("quantity__lte", 1000000000)),
                            _connector="OR",
                        ),
                        name="request_item_quantity",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="quoteline",
            name="item",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="lines",
                to="reprints.requestitem",
            ),
        ),
        migrations.CreateModel(
            name="RequestMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "author_kind",
                    models.CharField(
                        choices=[("partner", "Requester"), ("editor", "Licensing desk")],
                        max_length=8,
                        verbose_name="written by",
                    ),
                ),
                ("body", models.TextField(max_length=5000, verbose_name="text")),
                ("internal", models.BooleanField(default=False, verbose_name="internal note")),
                ("move", models.CharField(blank=True, default="", max_length=12, verbose_name="move")),
                (
                    "proposal",
                    models.JSONField(blank=True, default=None, editable=False, null=True, verbose_name="proposal"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="reprints.licenserequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("author_kind", "editor"), ("internal", False), _connector="OR"),
                        name="request_message_partner_not_internal",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "nonce",
                    models.CharField(default=newsroom.links.new_nonce, editable=False, max_length=22, unique=True),
                ),
                ("next_path", models.CharField(blank=True, default="", editable=False, max_length=200)),
                ("created_at", models.DateTimeField(editable=False, verbose_name="made")),
                ("used_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="used")),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sign_in_links", to="accounts.contact"
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in link",
                "verbose_name_plural": "sign-in links",
                "indexes": [models.Index(fields=["created_at"], name="sign_in_link_by_age")],
            },
        ),
        migrations.CreateModel(
            name="TermsTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=20, verbose_name="version")),
                ("text", models.TextField(max_length=50000, verbose_name="text")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "duties",
                    models.JSONField(
                        default=dict,
                        help_text='{"correction": {"duty": "replace_or_append", "within_hours": 72}, …}',
                        verbose_name="duties",
                    ),
                ),
                (
                    "archival_uses",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Uses whose copies stay after the end, so that they hear of corrections for ever.",
                        verbose_name="archival uses",
                    ),
                ),
                ("effective_on", models.DateField(verbose_name="in force from")),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="accounts.publication"
                    ),
                ),
            ],
            options={
                "verbose_name": "terms",
                "verbose_name_plural": "terms",
                "ordering": ["-effective_on", "-pk"],
                "constraints": [models.UniqueConstraint(fields=("publication", "label"), name="terms_label_once")],
            },
        ),
        migrations.AddField(
            model_name="quote",
            name="terms",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reprints.termstemplate",
            ),
        ),
        migrations.CreateModel(
            name="UpdateNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "correction_reference",
                    models.CharField(blank=True, db_index=True, default="", max_length=16, verbose_name="correction"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hold", "Hold: do not use for now"),
                            ("update", "Update"),
                            ("clarification", "Clarification"),
                            ("correction", "Correction"),
                            ("retraction", "Retraction"),
                            ("legal_removal", "Removal for legal reasons"),
                            ("release", "Release: may be used again"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "duty",
                    models.CharField(
                        choices=[
                            ("inform", "For your information"),
                            ("replace_or_append", "Replace the text or append the notice"),
                            ("take_down", "Take it down"),
                            ("purge", "Delete every copy"),
                            ("requested", "Requested"),
                        ],
                        max_length=20,
                        verbose_name="duty",
                    ),
                ),
                (
                    "revision",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty until the corrected text is there.",
                        null=True,
                        verbose_name="corrected revision",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("acknowledged", "Acknowledged"),
                            ("verified", "Verified"),
                            ("escalated", "Escalated"),
                            ("superseded", "Superseded"),
                            ("canceled", "Canceled"),
                            ("waived", "Waived"),
                        ],
                        default="open",
                        editable=False,
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("replaced", "Replaced by the corrected text"),
                            ("appended", "Notice appended"),
                            ("removed", "Removed"),
                            ("purged", "Every copy deleted"),
                            ("next_edition", "In the next edition"),
                            ("already_printed", "Already printed"),
                            ("not_published", "Never published"),
                            ("passed_on", "Passed on to whoever publishes it"),
                            ("noted", "Noted: nothing was to be done"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="done",
                    ),
                ),
                ("action_url", models.URLField(blank=True, default="", max_length=1000, verbose_name="where")),
                ("action_note", models.TextField(blank=True, default="", max_length=2000, verbose_name="note")),
                (
                    "acknowledged_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="acknowledged"),
                ),
                ("remind_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="remind on")),
                ("reminded_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reminded")),
                (
                    "overdue_told_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="told that it is overdue"),
                ),
                ("waived_reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                ("test", models.BooleanField(default=False, editable=False, verbose_name="test")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="update_notices",
                        to="articles.article",
                    ),
                ),
                (
                    "license",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="update_notices",
                        to="reprints.license",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="update_notices",
                        to="accounts.organization",
                    ),
                ),
                (
                    "origin_event",
                    models.ForeignKey(
                        editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="events.event"
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="update_notices",
                        to="accounts.publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "update notice",
                "verbose_name_plural": "update notices",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["open", "escalated"])),
                        fields=["due_at"],
                        name="update_notice_due",
                    ),
                    models.Index(fields=["organization", "-id"], name="update_notice_of_partner"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["open", "acknowledged", "verified", "escalated", "superseded", "canceled", "waived"],
                            )
                        ),
                        name="update_notice_status_known",
                    ),
                    models.UniqueConstraint(fields=("license", "origin_event"), name="update_notice_once_per_event"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["open", "escalated"])),
                        fields=("license", "article"),
                        name="update_notice_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["acknowledged", "verified"]), _negated=True),
                            models.Q(models.Q(("action", ""), _negated=True), ("acknowledged_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="update_notice_answer_has_action",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "invoice"), ("status__in", ("issued", "paid"))),
                fields=("quote",),
                name="invoice_one_standing_per_quote",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "invoice"), ("status", "draft")),
                fields=("quote",),
                name="invoice_one_draft_per_quote",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["open", "accepted"]), _negated=True),
                    models.Q(
                        ("opened_at__isnull", False),
                        ("terms__isnull", False),
                        ("valid_until__isnull", False),
                        models.Q(("tax_treatment", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="quote_sent_is_complete",
            ),
        ),
        migrations.RunPython(invoice_frozen.install, invoice_frozen.remove, elidable=False),
    ]
