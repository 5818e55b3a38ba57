"""The addresses of the corrections desk that anyone can open."""

from django.urls import path

from corrections.views import articles, confirming, embed, inquiring, ledger, log, private, reporting
from corrections.views.statistics import statistics_page

app_name = "corrections"
urlpatterns = [
    path("embed.js", embed.script, name="embed-script"),
    path("embed/article/", embed.article, name="embed-article"),
    path("embed/<str:version>.js", embed.script, name="embed-script-numbered"),
    path("corrections/", log.log, name="log"),
    path("corrections/feed.atom", log.atom, name="feed-atom"),
    path("corrections/feed.json", log.json_feed, name="feed-json"),
    path("corrections/new/", reporting.new, name="new"),
    path("corrections/lost/", confirming.lost, name="lost"),
    path("corrections/confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("corrections/reports/<str:key>/", private.page, name="private"),
    path("corrections/reports/<str:key>/reply/", private.move, {"name": "reply"}, name="reply"),
    path("corrections/reports/<str:key>/withdraw/", private.move, {"name": "withdraw"}, name="withdraw"),
    path("corrections/reports/<str:key>/appeal/", private.move, {"name": "appeal"}, name="appeal"),
    path("corrections/reports/<str:key>/add/", private.move, {"name": "add"}, name="add"),
    path("corrections/reports/<str:key>/settled/", private.move, {"name": "settled"}, name="settled"),
    path("corrections/reports/<str:key>/same/", private.move, {"name": "same"}, name="same"),
    path("corrections/reports/<str:key>/fixed/", private.move, {"name": "fixed"}, name="fixed"),
    path("corrections/reports/<str:key>/address/", private.move, {"name": "address"}, name="address"),
    path("corrections/reports/<str:key>/erase-contact/", private.move, {"name": "erase_contact"}, name="erase-contact"),
    path("corrections/reports/<str:key>/erase-text/", private.move, {"name": "erase_text"}, name="erase-text"),
    path("corrections/reports/<str:key>/download/", private.download, name="download"),
    path("corrections/inquiries/<str:key>/", inquiring.page, name="inquiry"),
    path("corrections/inquiries/<str:key>/answer/", inquiring.answer, name="inquiry-answer"),
    path("corrections/ledger/", ledger.explained, name="ledger"),
    path("corrections/ledger/corrections-log.json", ledger.whole, name="ledger-whole"),
    path("corrections/ledger/verify_corrections.py", ledger.program, name="ledger-program"),
    path("corrections/statistics/", statistics_page, name="statistics"),
    path("corrections/<str:reference>/", log.notice, name="notice"),
    path("corrections/<str:reference>/notice.tlog-proof", ledger.proof, name="notice-proof"),
    path("articles/<str:reference>/", articles.article, name="article"),
    path("articles/<str:reference>/feed.atom", articles.atom, name="article-feed-atom"),
    path("articles/<str:reference>/feed.json", articles.json_feed, name="article-feed-json"),
]
