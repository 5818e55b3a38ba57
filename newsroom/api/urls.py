"""The description of the API, the pages that explain problems, and an answer for every other address under
`/api/`.
"""

from django.urls import path

from newsroom.api import problems, views

urlpatterns = [
    path("api/schema/", views.SchemaView.as_view(), name="api-schema"),
    path("api/docs/", views.docs, name="api-docs"),
    path("problems/<slug:code>/", problems.page, name="problem"),
]
