"""Routes of articles, below `/api/v1/`."""

from django.urls import path

from newsroom.articles.api import views

urlpatterns = [
    path("articles/", views.ArticlesView.as_view(), name="api-articles"),
    path("articles/batch/", views.BatchView.as_view(), name="api-articles-batch"),
    path("articles/<str:reference>/", views.ArticleDetailView.as_view(), name="api-article"),
    path("articles/<str:reference>/history/", views.HistoryView.as_view(), name="api-article-history"),
    path("articles/<str:reference>/updates/", views.UpdatesView.as_view(), name="api-article-updates"),
    path("articles/<str:reference>/jsonld/", views.JsonLdView.as_view(), name="api-article-jsonld"),
]
