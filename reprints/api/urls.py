"""Routes of the licensing desk, below `/api/v1/`."""

from django.urls import path

from reprints.api.views import asking, countering, licenses, papers, quotes, syncing, trying, updates

urlpatterns = [
    path("license-uses/", asking.LicenseUsesView.as_view(), name="api-license-uses"),
    path("license-requests/", asking.RequestsView.as_view(), name="api-license-requests"),
    path("license-requests/estimate/", asking.EstimateView.as_view(), name="api-license-estimate"),
    path("license-requests/<str:reference>/", asking.RequestDetailView.as_view(), name="api-license-request"),
    path("license-requests/<str:reference>/withdraw/", asking.WithdrawView.as_view(), name="api-license-withdraw"),
    path("license-requests/<str:reference>/reopen/", asking.ReopenView.as_view(), name="api-license-reopen"),
    path("license-requests/<str:reference>/reply/", asking.ReplyView.as_view(), name="api-license-reply"),
    path("license-requests/<str:reference>/messages/", asking.MessagesView.as_view(), name="api-license-messages"),
    path("quotes/", quotes.QuotesView.as_view(), name="api-quotes"),
    path("quotes/<str:reference>/", quotes.QuoteDetailView.as_view(), name="api-quote"),
    path("quotes/<str:reference>/pdf/", quotes.QuotePdfView.as_view(), name="api-quote-pdf"),
    path("quotes/<str:reference>/accept/", quotes.AcceptView.as_view(), name="api-quote-accept"),
    path("quotes/<str:reference>/billing/", quotes.BillingView.as_view(), name="api-quote-billing"),
    path("quotes/<str:reference>/decline/", quotes.DeclineView.as_view(), name="api-quote-decline"),
    path("quotes/<str:reference>/counter/", countering.CounterOfferView.as_view(), name="api-quote-counter"),
    path("licenses/", licenses.LicensesView.as_view(), name="api-licenses"),
    path("licenses/<str:number>/", licenses.LicenseDetailView.as_view(), name="api-license"),
    path("licenses/<str:number>/status/", licenses.LicenseStatusView.as_view(), name="api-license-status"),
    path("licenses/<str:number>/certificate.pdf", papers.CertificatePdfView.as_view(), name="api-certificate-pdf"),
    path("licenses/<str:number>/certificate.jws", papers.CertificateJwsView.as_view(), name="api-certificate-jws"),
    path("licenses/<str:number>/odrl/", papers.OdrlView.as_view(), name="api-license-odrl"),
    path("licenses/<str:number>/content/", papers.ContentView.as_view(), name="api-license-content"),
    path("licenses/<str:number>/placements/", licenses.PlacementsView.as_view(), name="api-license-placements"),
    path("licenses/<str:number>/renew/", licenses.RenewView.as_view(), name="api-license-renew"),
    path("update-notices/", updates.NoticesView.as_view(), name="api-update-notices"),
    path("update-notices/sync/", syncing.SyncView.as_view(), name="api-update-sync"),
    path("update-notices/sync/acknowledge/", syncing.SyncedView.as_view(), name="api-update-synced"),
    path("update-notices/<str:reference>/", updates.NoticeDetailView.as_view(), name="api-update-notice"),
    path(
        "update-notices/<str:reference>/acknowledge/",
        updates.AcknowledgeView.as_view(),
        name="api-update-notice-acknowledge",
    ),
    path("test/clock/", trying.ClockView.as_view(), name="api-test-clock"),
    path("test/corrections/", trying.CorrectionsView.as_view(), name="api-test-corrections"),
    path("test/decisions/", trying.DecisionsView.as_view(), name="api-test-decisions"),
    path("test/payments/", trying.PaymentsView.as_view(), name="api-test-payments"),
    path("invoices/", quotes.InvoicesView.as_view(), name="api-invoices"),
    path("invoices/<str:number>/pdf/", quotes.InvoicePdfView.as_view(), name="api-invoice-pdf"),
    path("invoices/<str:number>/", quotes.InvoiceDetailView.as_view(), name="api-invoice"),
]
