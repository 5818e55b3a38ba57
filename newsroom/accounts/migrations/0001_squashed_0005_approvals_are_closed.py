"""The tables of a new installation at once. One that has some of what this replaces goes on step by step."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_contact_reveal"),
        ("accounts", "0003_second_step_and_sign_in_log"),
        ("accounts", "0004_partner_keys_and_test_clock"),
        ("accounts", "0005_approvals_are_closed"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="email address")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "member of staff",
                "verbose_name_plural": "staff",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="slug")),
                ("kind", models.CharField(default="publisher", max_length=20, verbose_name="kind")),
                ("country", models.CharField(default="US", max_length=2, verbose_name="country")),
                ("address", models.TextField(blank=True, max_length=500, verbose_name="address")),
                ("vat_id", models.CharField(blank=True, max_length=30, verbose_name="VAT id")),
                (
                    "payment_terms",
                    models.CharField(
                        choices=[("on_account", "On account"), ("prepay", "Pay first")],
                        default="prepay",
                        max_length=12,
                        verbose_name="payment",
                    ),
                ),
                (
                    "credit_limit",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="credit limit"
                    ),
                ),
                (
                    "discount_percent",
                    models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name="discount, %"),
                ),
                ("blocked", models.BooleanField(default=False, verbose_name="blocked")),
                (
                    "test_clock_seconds",
                    models.PositiveBigIntegerField(
                        db_default=0, default=0, editable=False, verbose_name="test clock, seconds ahead"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ],
            options={
                "verbose_name": "organization",
                "verbose_name_plural": "organizations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("discount_percent__gte", 0), ("discount_percent__lte", 100)),
                        name="organization_discount_percent",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("slug", models.SlugField(unique=True, verbose_name="slug")),
                ("tagline", models.CharField(blank=True, max_length=160, verbose_name="tagline")),
                (
                    "hosts",
                    models.JSONField(
                        default=list, help_text="Hosts that its articles are on.", verbose_name="article hosts"
                    ),
                ),
                (
                    "desk_host",
                    models.CharField(
                        blank=True, help_text="Host of these pages.", max_length=200, verbose_name="desk host"
                    ),
                ),
                ("is_default", models.BooleanField(default=False, verbose_name="default publication")),
                ("language", models.CharField(default="en", max_length=20, verbose_name="language")),
                ("time_zone", models.CharField(default="UTC", max_length=60, verbose_name="time zone")),
                ("currency", models.CharField(default="USD", max_length=3, verbose_name="currency")),
                ("legal_entity", models.CharField(blank=True, max_length=200, verbose_name="legal entity")),
                ("legal_address", models.TextField(blank=True, max_length=500, verbose_name="legal address")),
                ("vat_id", models.CharField(blank=True, max_length=30, verbose_name="VAT id")),
                (
                    "corrections_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="corrections address"),
                ),
                ("licensing_email", models.EmailField(blank=True, max_length=254, verbose_name="licensing address")),
                ("legal_phone", models.CharField(blank=True, max_length=40, verbose_name="legal telephone")),
                ("settings", models.JSONField(blank=True, default=dict, verbose_name="settings")),
            ],
            options={
                "verbose_name": "publication",
                "verbose_name_plural": "publications",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)), fields=("is_default",), name="publication_one_default"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("desk_host", ""), _negated=True),
                        fields=("desk_host",),
                        name="publication_desk_host_is_unique",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_id", models.CharField(editable=False, max_length=16, unique=True, verbose_name="key id")),
                ("secret_sha256", models.CharField(editable=False, max_length=64)),
                ("label", models.CharField(max_length=80, verbose_name="label")),
                ("scopes", models.JSONField(default=list, verbose_name="scopes")),
                ("test", models.BooleanField(default=False, verbose_name="test key")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                ("rotated_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="replaced")),
                ("last_used_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last used")),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to="accounts.organization",
                    ),
                ),
                (
                    "publications",
                    models.ManyToManyField(blank=True, related_name="api_keys", to="accounts.publication"),
                ),
            ],
            options={
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
            },
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_sealed", models.CharField(max_length=400)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="in use since")),
                ("last_step", models.BigIntegerField(default=0)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="second_factors",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "second factor",
                "verbose_name_plural": "second factors",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", False)),
                        fields=("person",),
                        name="second_factor_one_in_use",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", True)),
                        fields=("person",),
                        name="second_factor_one_set_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to="accounts.secondfactor",
                    ),
                ),
            ],
            options={
                "verbose_name": "recovery code",
                "verbose_name_plural": "recovery codes",
                "constraints": [models.UniqueConstraint(fields=("factor", "digest"), name="recovery_code_once")],
            },
        ),
        migrations.CreateModel(
            name="AccessEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("signed_in", "Signed in"),
                            ("password_taken", "Password right, second step asked for"),
                            ("password_refused", "Name or password refused"),
                            ("factor_refused", "Second step refused"),
                            ("too_many", "Too many tries"),
                            ("signed_out", "Signed out"),
                            ("password_changed", "Password changed"),
                            ("factor_added", "Second step set up"),
                            ("factor_removed", "Second step removed"),
                            ("codes_made", "Recovery codes made"),
                            ("code_used", "Recovery code used"),
                            ("account_made", "Account made"),
                            ("account_opened", "Account opened"),
                            ("account_closed", "Account closed"),
                            ("role_given", "Role given"),
                            ("role_taken", "Role taken away"),
                            ("key_issued", "API key issued"),
                            ("key_revoked", "API key revoked"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("refused", models.BooleanField(default=False, verbose_name="refused")),
                ("network", models.CharField(blank=True, max_length=32, verbose_name="network")),
                ("detail", models.CharField(blank=True, max_length=120, verbose_name="detail")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="about",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of the sign-in log",
                "verbose_name_plural": "sign-in log",
                "indexes": [
                    models.Index(fields=["at"], name="access_entry_by_age"),
                    models.Index(fields=["person", "at"], name="access_entry_of_person"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_reference", models.CharField(max_length=16)),
                ("subject_version", models.PositiveIntegerField()),
                ("move", models.CharField(max_length=40)),
                ("reason", models.TextField(blank=True, max_length=2000)),
                ("proposed_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_words", models.TextField(blank=True, db_default="", default="", max_length=2000)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "approval",
                "verbose_name_plural": "approvals",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_kind", "subject_reference", "subject_version", "move"), name="approval_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            ("proposed_by", None),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_by_another_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("email", models.EmailField(max_length=254, verbose_name="email address")),
                ("is_requester", models.BooleanField(default=True, verbose_name="may ask")),
                ("is_signatory", models.BooleanField(default=False, verbose_name="may sign")),
                ("is_billing", models.BooleanField(default=False, verbose_name="gets invoices")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "constraints": [models.UniqueConstraint(fields=("organization", "email"), name="contact_email_once")],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("desk_editor", "Desk editor"),
                            ("standards_editor", "Standards editor"),
                            ("legal", "Legal"),
                            ("licensing_editor", "Licensing editor"),
                            ("licensing_manager", "Licensing manager"),
                            ("admin", "Administrator"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: every publication.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="accounts.publication",
                        verbose_name="publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "publication", "role"), name="membership_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "desk_editor",
                                    "standards_editor",
                                    "legal",
                                    "licensing_editor",
                                    "licensing_manager",
                                    "admin",
                                ],
                            )
                        ),
                        name="membership_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Guideline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("editorial", "Editorial"), ("ai", "Use of AI")],
                        default="editorial",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "body",
                    models.TextField(
                        help_text="Paragraphs separated by a blank line.", max_length=50000, verbose_name="text"
                    ),
                ),
                ("effective_on", models.DateField(verbose_name="in force from")),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guidelines",
                        to="accounts.publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "guideline",
                "verbose_name_plural": "guidelines",
                "ordering": ["kind", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("publication", "kind", "number"), name="guideline_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Desk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("corrections", "Corrections"), ("licensing", "Licensing")],
                        default="corrections",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("sections", models.JSONField(blank=True, default=list, verbose_name="sections")),
                (
                    "members",
                    models.ManyToManyField(
                        blank=True, related_name="desks", to=settings.AUTH_USER_MODEL, verbose_name="members"
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="desks", to="accounts.publication"
                    ),
                ),
            ],
            options={
                "verbose_name": "desk",
                "verbose_name_plural": "desks",
                "constraints": [models.UniqueConstraint(fields=("publication", "kind", "name"), name="desk_name_once")],
            },
        ),
        migrations.CreateModel(
            name="ContactReveal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_reference", models.CharField(max_length=16)),
                ("reason", models.TextField(max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.publication"
                    ),
                ),
            ],
            options={
                "verbose_name": "reveal of contact details",
                "verbose_name_plural": "reveals of contact details",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_reference"], name="contact_reveal_of_subject"),
                    models.Index(fields=["at"], name="contact_reveal_by_age"),
                ],
            },
        ),
    ]
