"""The feed that keeps an AI licensee's corpus in step, and the answer to it."""

from __future__ import annotations

from rest_framework import serializers

from newsroom.api.fields import MomentField, StrictSerializer, TextField
from reprints.services.syncing import IN_FEED, PURGE, REFRESH
from reprints.vocabulary import NoticeKind
from reprints.workflow import NoticeStatus


class SyncEntrySerializer(serializers.Serializer):
    """A change of an article that was licensed for machines."""

    position = serializers.IntegerField()
    type = serializers.ChoiceField(choices=IN_FEED)
    notice = serializers.CharField(help_text="The update notice, as it stands now.")
    status = serializers.ChoiceField(choices=NoticeStatus.choices)
    license = serializers.CharField()
    article = serializers.CharField()
    article_url = serializers.URLField()
    correction = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(choices=NoticeKind.choices)
    required_action = serializers.ChoiceField(
        choices=[PURGE, REFRESH],
        help_text="purge: delete every copy, index entry and vector. refresh: read the text again.",
    )
    due_at = MomentField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True, help_text="The corrected text, once it is there.")
    revision_sha256 = serializers.CharField(allow_null=True)
    content = serializers.URLField(allow_null=True, help_text="Where to read it again; null when it is to be purged.")

    class Meta:
        ref_name = "SyncEntry"


class SyncFeedSerializer(serializers.Serializer):
    """A page of the feed, oldest first."""

    next = serializers.URLField(allow_null=True, help_text="The following page; null at the end of the feed.")
    previous = serializers.URLField(allow_null=True, help_text="Always null: the feed is read forward.")
    results = SyncEntrySerializer(many=True)
    position = serializers.IntegerField(help_text="Pass this as `after` next time. Nothing is skipped.")

    class Meta:
        ref_name = "SyncFeed"


class SyncedWriteSerializer(StrictSerializer):
    """Up to where the feed was followed."""

    through = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="A `position` of the feed.")
    note = TextField(max_length=2000, multiline=True, allow_blank=True, default="")

    class Meta:
        ref_name = "SyncedData"


class LeftSerializer(serializers.Serializer):
    """A notice that this answer could not cover."""

    reference = serializers.CharField()
    code = serializers.ChoiceField(choices=["no_revision"])

    class Meta:
        ref_name = "SyncLeft"


class SyncedSerializer(serializers.Serializer):
    """What the answer covered."""

    acknowledged = serializers.ListField(child=serializers.CharField())
    left = LeftSerializer(many=True)
    more = serializers.BooleanField(help_text="More are covered than one call takes: send the same once more.")

    class Meta:
        ref_name = "Synced"
