"""Routes of the corrections desk, below `/api/v1/`."""

from django.urls import path

from corrections.api import ledger, views
from corrections.api.agencies import AgencyCorrectionsView
from corrections.api.statistics import StatisticsView

urlpatterns = [
    path("corrections/", views.CorrectionsView.as_view(), name="api-corrections"),
    path("corrections/<str:reference>/", views.CorrectionView.as_view(), name="api-correction"),
    path(
        "articles/<str:reference>/corrections/",
        views.CorrectionsOfArticleView.as_view(),
        name="api-article-corrections",
    ),
    path("agency-corrections/", AgencyCorrectionsView.as_view(), name="api-agency-corrections"),
    path("reports/", views.ReportsView.as_view(), name="api-reports"),
    path("statistics/", StatisticsView.as_view(), name="api-statistics"),
    path("ledger/checkpoint/", ledger.CheckpointView.as_view(), name="api-ledger-checkpoint"),
    path("ledger/key/", ledger.KeyView.as_view(), name="api-ledger-key"),
    path("ledger/keys/", ledger.KeysView.as_view(), name="api-ledger-keys"),
    path("ledger/entries/", ledger.EntriesView.as_view(), name="api-ledger-entries"),
    path("ledger/proof/", ledger.ProofView.as_view(), name="api-ledger-proof"),
]
