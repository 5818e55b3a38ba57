"""Articles in the admin: to look up, and to say what we may license. Their text comes from the CMS."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet, URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.articles.models import Article, ArticleAddress, Revision


class _ReadOnlyInline(admin.TabularInline):
    extra = 0
    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AddressInline(_ReadOnlyInline):
    """Every address it is known by."""

    model = ArticleAddress
    fields = ("url", "key")


class RevisionInline(_ReadOnlyInline):
    """The text as it stood."""

    model = Revision
    fields = ("number", "headline", "seen_at", "source", "sha256")


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    """The articles of one's publications."""

    list_display = ("headline", "publication", "section", "published_at", "shown_status", "corrections_count")
    list_select_related = ("publication",)
    list_filter = ("publication", "section", "desk_status")
    search_fields = ("headline", "reference", "url")
    list_per_page = 50
    show_full_result_count = False
    inlines: ClassVar = [AddressInline, RevisionInline]
    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """Those of the person's publications."""
        person = request.user
        if not isinstance(person, User):
            return Article.objects.none()
        return super().get_queryset(request).filter(publication__in=person.publications())

    def has_module_permission(self, request: HttpRequest) -> bool:
        """With any role."""
        return isinstance(request.user, User) and bool(request.user.roles_anywhere())

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With any role; the queryset narrows it."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The CMS changes articles, not this page."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Articles come by API or import."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Their history would go with them."""
        return False

    @admin.display(description=_("status"))
    def shown_status(self, article: Article) -> str:
        """The stricter word."""
        return article.status
