"""Addresses."""

from django.urls import URLPattern

app_name = "reprints"
urlpatterns: list[URLPattern] = []
