"""Routes of webhooks and events, below `/api/v1/`."""

from django.urls import path

from newsroom.events.api import views

_ENDPOINT = "webhook-endpoints/<uuid:endpoint_id>/"

urlpatterns = [
    path("webhook-endpoints/", views.EndpointsView.as_view(), name="api-webhook-endpoints"),
    path(_ENDPOINT, views.EndpointDetailView.as_view(), name="api-webhook-endpoint"),
    path(f"{_ENDPOINT}deliveries/", views.DeliveriesView.as_view(), name="api-webhook-deliveries"),
    path(
        f"{_ENDPOINT}deliveries/<uuid:delivery_id>/redeliver/",
        views.RedeliverView.as_view(),
        name="api-webhook-redeliver",
    ),
    path(f"{_ENDPOINT}ping/", views.PingView.as_view(), name="api-webhook-ping"),
    path(f"{_ENDPOINT}rotate-secret/", views.RotateSecretView.as_view(), name="api-webhook-rotate-secret"),
    path("events/", views.EventsView.as_view(), name="api-events"),
]
