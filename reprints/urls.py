"""The addresses of the licensing desk that anyone can open."""

from django.urls import path

from reprints.views import (
    acknowledging,
    adding,
    asking,
    confirming,
    downloads,
    drafting,
    machines,
    private,
    starting,
    verifying,
)
from reprints.views.partner import door, hooks, keys, lists, testing
from reprints.views.partner import drafts as partner_drafts
from reprints.views.partner import requests as partner_requests

app_name = "reprints"
PAGE = "reprints/requests/<str:key>/"
PARTNER = "reprints/partner/"
OF_PARTNER = f"{PARTNER}requests/<str:reference>/"
urlpatterns = [
    path("reprints/", starting.start, name="start"),
    path("reprints/new/", asking.new, name="new"),
    path(PARTNER, lists.overview, name="partner"),
    path(f"{PARTNER}enter/<str:token>/", door.enter, name="partner-enter"),
    path(f"{PARTNER}leave/", door.leave, name="partner-leave"),
    path(f"{PARTNER}choose/", door.choose, name="partner-choose"),
    path(f"{PARTNER}drafts/", partner_drafts.page, name="partner-drafts"),
    path(f"{PARTNER}keys/", keys.page, name="partner-keys"),
    path(f"{PARTNER}keys/<str:key_id>/<str:name>/", keys.move, name="partner-key-move"),
    path(f"{PARTNER}test/", testing.page, name="partner-test"),
    path(f"{PARTNER}endpoints/", hooks.page, name="partner-endpoints"),
    path(f"{PARTNER}endpoints/<uuid:endpoint_id>/", hooks.detail, name="partner-endpoint"),
    path(
        f"{PARTNER}endpoints/<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/redeliver/",
        hooks.redeliver,
        name="partner-redeliver",
    ),
    path(f"{PARTNER}endpoints/<uuid:endpoint_id>/<str:name>/", hooks.move, name="partner-endpoint-move"),
    *(
        path(f"{PARTNER}{name}/", lists.listing, {"name": name}, name=f"partner-{name}")
        for name in ("requests", "quotes", "licenses", "notices", "invoices")
    ),
    path(f"{PARTNER}requests/new/", partner_requests.new, name="partner-ask"),
    path(OF_PARTNER, partner_requests.page, name="partner-request"),
    path(f"{OF_PARTNER}quotes/<str:record>/quote.pdf", partner_requests.quote_paper, name="partner-quote-pdf"),
    path(f"{OF_PARTNER}licenses/<str:record>/<str:name>", partner_requests.license_paper, name="partner-paper"),
    path(f"{OF_PARTNER}invoices/<str:record>/invoice.pdf", partner_requests.invoice_paper, name="partner-invoice-pdf"),
    path(f"{OF_PARTNER}quotes/<str:record>/<str:name>/", partner_requests.move, {"noun": "quote"}),
    path(f"{OF_PARTNER}licenses/<str:record>/<str:name>/", partner_requests.move, {"noun": "license"}),
    path(f"{OF_PARTNER}notices/<str:record>/<str:name>/", partner_requests.move, {"noun": "update_notice"}),
    path(f"{OF_PARTNER}another/", partner_requests.another, name="partner-another"),
    path(f"{OF_PARTNER}<str:name>/", partner_requests.move, {"noun": "license_request"}),
    path("reprints/drafts/<str:token>/", drafting.page, name="draft"),
    path("reprints/requests/confirm/<str:token>/", confirming.confirm, name="confirm"),
    path(PAGE, private.page, name="private"),
    path(f"{PAGE}quotes/<str:reference>/quote.pdf", downloads.of_quote, name="quote-pdf"),
    path(f"{PAGE}licenses/<str:reference>/<str:name>", downloads.of_license, name="license-paper"),
    path(f"{PAGE}invoices/<str:reference>/invoice.pdf", downloads.of_invoice, name="invoice-pdf"),
    path(f"{PAGE}download/", private.download, name="request-download"),
    path(f"{PAGE}quotes/<str:reference>/<str:name>/", private.move, {"noun": "quote"}, name="quote-move"),
    path(f"{PAGE}licenses/<str:reference>/<str:name>/", private.move, {"noun": "license"}, name="license-move"),
    path(f"{PAGE}notices/<str:reference>/<str:name>/", private.move, {"noun": "update_notice"}, name="notice-move"),
    path(f"{PAGE}another/", adding.of_private, name="request-another"),
    path(f"{PAGE}<str:name>/", private.move, {"noun": "license_request"}, name="request-move"),
    path("reprints/notices/<str:reference>/<str:token>/", acknowledging.acknowledge, name="acknowledge"),
    path("licenses/verify/", verifying.ask, name="verify"),
    path("licenses/verify/<str:number>/", verifying.answer, name="verify-answer"),
    path("license.xml", machines.license_xml, name="rsl"),
    path("robots.txt", machines.robots_txt, name="robots"),
    path(".well-known/tdmrep.json", machines.tdmrep_json, name="tdmrep"),
    path(".well-known/tdm-policy.json", machines.tdm_policy, name="tdm-policy"),
    path(".well-known/jwks.json", machines.jwks_json, name="jwks"),
    path("ns/licensing", machines.odrl_profile, name="odrl-profile"),
]
