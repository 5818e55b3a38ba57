"""Every address of the service. Only this file, the settings and the clock name the two desks."""

from django.contrib import admin
from django.contrib.auth import views as passwords
from django.urls import include, path
from django.views.decorators.cache import never_cache

from newsroom.api import problems
from newsroom.web import probes, views
from newsroom.web.passwords import ChoosingView, ForgottenView

handler400 = "newsroom.web.refusals.bad_request"
handler404 = "newsroom.web.views.not_found"

urlpatterns = [
    path("", views.doors, name="doors"),
    path("guidelines/", views.guidelines, name="guidelines"),
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
    path("metrics", probes.metrics),
    path("favicon.ico", views.favicon),
    path(".well-known/security.txt", views.security_txt),
    path(
        "admin/password_reset/",
        never_cache(ForgottenView.as_view()),
        name="admin_password_reset",
    ),
    path(
        "admin/password_reset/done/",
        never_cache(passwords.PasswordResetDoneView.as_view()),
        name="password_reset_done",
    ),
    path(
        "admin/password_reset/<uidb64>/<token>/",
        never_cache(ChoosingView.as_view()),
        name="password_reset_confirm",
    ),
    path(
        "admin/password_reset/complete/",
        never_cache(passwords.PasswordResetCompleteView.as_view()),
        name="password_reset_complete",
    ),
    path("admin/", admin.site.urls),
    path("", include("corrections.urls")),
    path("", include("reprints.urls")),
    path("", include("newsroom.api.urls")),
    path("api/v1/", include("newsroom.articles.api.urls")),
    path("api/v1/", include("newsroom.events.api.urls")),
    path("api/v1/", include("corrections.api.urls")),
    path("api/v1/", include("reprints.api.urls")),
    path("api/<path:rest>", problems.not_found),
]
