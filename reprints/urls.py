"""The addresses of the licensing desk that anyone can open."""

from django.urls import path

from reprints.views import asking, confirming, downloads, machines, partner, private, starting, verifying

app_name = "reprints"
PAGE = "reprints/requests/<str:key>/"
urlpatterns = [
    path("reprints/", starting.start, name="start"),
    path("reprints/new/", asking.new, name="new"),
    path("reprints/partner/", partner.explained, name="partner"),
    path("reprints/requests/confirm/<str:token>/", confirming.confirm, name="confirm"),
    path(PAGE, private.page, name="private"),
    path(f"{PAGE}quotes/<str:reference>/quote.pdf", downloads.of_quote, name="quote-pdf"),
    path(f"{PAGE}licenses/<str:reference>/<str:name>", downloads.of_license, name="license-paper"),
    path(f"{PAGE}invoices/<str:reference>/invoice.pdf", downloads.of_invoice, name="invoice-pdf"),
    path(f"{PAGE}download/", private.download, name="request-download"),
    path(f"{PAGE}quotes/<str:reference>/<str:name>/", private.move, {"noun": "quote"}, name="quote-move"),
    path(f"{PAGE}licenses/<str:reference>/<str:name>/", private.move, {"noun": "license"}, name="license-move"),
    path(f"{PAGE}notices/<str:reference>/<str:name>/", private.move, {"noun": "update_notice"}, name="notice-move"),
    path(f"{PAGE}<str:name>/", private.move, {"noun": "license_request"}, name="request-move"),
    path("licenses/verify/", verifying.ask, name="verify"),
    path("licenses/verify/<str:number>/", verifying.answer, name="verify-answer"),
    path("license.xml", machines.license_xml, name="rsl"),
    path("robots.txt", machines.robots_txt, name="robots"),
    path(".well-known/tdmrep.json", machines.tdmrep_json, name="tdmrep"),
    path(".well-known/tdm-policy.json", machines.tdm_policy, name="tdm-policy"),
    path(".well-known/jwks.json", machines.jwks_json, name="jwks"),
]
