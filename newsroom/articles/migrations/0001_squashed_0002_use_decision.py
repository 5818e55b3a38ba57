"""The tables of a new installation at once. One that has some of what this replaces goes on step by step."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("articles", "0001_initial"), ("articles", "0002_use_decision")]

    initial = True

    dependencies = [
        ("accounts", "0005_approvals_are_closed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=16, unique=True, verbose_name="reference")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("external_id", models.CharField(blank=True, max_length=200, verbose_name="CMS id")),
                ("url", models.URLField(max_length=2000, verbose_name="address")),
                ("headline", models.CharField(max_length=500, verbose_name="headline")),
                ("section", models.CharField(blank=True, db_index=True, max_length=80, verbose_name="section")),
                ("bylines", models.JSONField(blank=True, default=list, verbose_name="bylines")),
                ("source_agency", models.CharField(blank=True, max_length=120, verbose_name="agency")),
                ("language", models.CharField(default="en", max_length=20, verbose_name="language")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("modified_at", models.DateTimeField(blank=True, null=True, verbose_name="modified")),
                (
                    "cms_status",
                    models.CharField(
                        choices=[("usable", "Usable"), ("withheld", "Withheld"), ("canceled", "Canceled")],
                        default="usable",
                        max_length=10,
                        verbose_name="CMS status",
                    ),
                ),
                (
                    "desk_status",
                    models.CharField(
                        choices=[("usable", "Usable"), ("withheld", "Withheld"), ("canceled", "Canceled")],
                        default="usable",
                        max_length=10,
                        verbose_name="desk status",
                    ),
                ),
                ("embargoed_until", models.DateTimeField(blank=True, null=True, verbose_name="embargoed until")),
                ("licensable", models.BooleanField(blank=True, null=True, verbose_name="ours to license")),
                ("components", models.JSONField(blank=True, default=list, verbose_name="components")),
                ("revision", models.PositiveIntegerField(default=0, editable=False, verbose_name="revision")),
                ("revision_sha256", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "corrections_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="corrections"),
                ),
                (
                    "latest_correction_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="latest correction"),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="articles", to="accounts.publication"
                    ),
                ),
                (
                    "same_story_as",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="same_stories",
                        to="articles.article",
                    ),
                ),
                (
                    "translation_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="translations",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "article",
                "verbose_name_plural": "articles",
                "ordering": ["-published_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("publication", "external_id"),
                        name="article_cms_id_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cms_status__in", ["usable", "withheld", "canceled"])),
                        name="article_cms_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("desk_status__in", ["usable", "withheld", "canceled"])),
                        name="article_desk_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=2000, unique=True, verbose_name="key")),
                ("url", models.URLField(max_length=2000, verbose_name="address")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to="articles.article"
                    ),
                ),
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("headline", models.CharField(max_length=500, verbose_name="headline")),
                (
                    "body",
                    models.TextField(
                        blank=True, help_text="Plain text, paragraphs separated by a blank line.", verbose_name="text"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("source", models.CharField(default="api", max_length=10, verbose_name="source")),
                ("seen_at", models.DateTimeField(verbose_name="seen")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="articles.article"
                    ),
                ),
            ],
            options={
                "verbose_name": "revision",
                "verbose_name_plural": "revisions",
                "ordering": ["-number"],
                "constraints": [models.UniqueConstraint(fields=("article", "number"), name="revision_number_once")],
            },
        ),
        migrations.CreateModel(
            name="UseDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[("usable", "Usable"), ("withheld", "Withheld"), ("canceled", "Canceled")],
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("reason", models.TextField(max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="use_decisions", to="articles.article"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
