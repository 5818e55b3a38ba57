"""The figures of `statistics` as people read them: in words, with bars. No markup, no queries."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corrections import statistics
from corrections.vocabulary import Resolution
from newsroom.spreadsheets import table

HOURS_OF_DAYS = 36
"""From so many hours on, days are easier to grasp."""
ARTICLES_FOR_A_RATE = 1000
"""With fewer articles a rate for 1,000 of them would claim more than there is."""
FULL = 100
"""How long the longest bar is."""
NOTHING = "—"
COLUMNS = (
    "received",
    "accepted",
    "declined",
    "corrections",
    "found_by_readers",
    "found_by_readers_share",
    "articles",
    "corrections_per_1000_articles",
)


def page(figures: dict[str, Any]) -> dict[str, Any]:
    """The context of `corrections/statistics_figures.html`."""
    labels = {"acknowledge": _("Taken up"), "decide": _("Answered"), "publish": _("Corrected")}
    totals = figures["totals"]
    steps = [
        {
            "label": labels[row["promise"]],
            "median": lasting(totals["hours"][row["promise"]]["median"]),
            "p90": lasting(totals["hours"][row["promise"]]["p90"]),
            "due": NOTHING if row["due"] is None else row["due"],
            "kept": percent(row["kept_share"]),
            "share": row["kept_share"],
        }
        for row in figures["promises"]
    ]
    told = since_the_first(figures["by_month"])
    months = [{**_row(row), "name": month_name(row["month"])} for row in told]
    sections = [{**_row(row), "name": row["section"] or _("No section")} for row in figures["by_section"]]
    return {
        "figures": figures,
        "period": {"from": month_name(told[0]["month"]), "to": month_name(figures["to"])},
        "summary": [
            (_("Reports received"), _number(totals["received"])),
            (_("Reports accepted"), _number(totals["accepted"])),
            (_("Reports declined"), _number(totals["declined"])),
            (_("Corrections published"), _number(totals["corrections"])),
            (_("Corrections for the articles published"), rate(totals)),
            (_("Corrections that readers found"), percent(totals["found_by_readers_share"])),
        ],
        "steps": steps,
        "codes": [(Resolution(row["code"]).label, _number(row["count"])) for row in figures["declined_by_code"]],
        "tables": [
            {"title": _("By month"), "head": _("Month"), "rows": months},
            {"title": _("By section"), "head": _("Section"), "rows": sections},
        ],
        "charts": [
            {"title": _("Promises kept in time"), "bars": _bars(steps, "label", "share", shown="kept", most=1)},
            {"title": _("Reports received, by month"), "bars": _bars(months, "name", "received")},
            {"title": _("Corrections published, by month"), "bars": _bars(months, "name", "corrections")},
            {"title": _("Reports received, by section"), "bars": _bars(sections, "name", "received")},
            {"title": _("Corrections published, by section"), "bars": _bars(sections, "name", "corrections")},
        ],
    }


def since_the_first(months: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The months from the first of which there is anything to tell; the newest at least."""
    counted = ("received", "corrections", "articles")
    first = next((at for at, row in enumerate(months) if any(row[name] != 0 for name in counted)), -1)
    return months[first:]


def lasting(hours: float | None) -> str:
    """“under an hour”, “5 hours”, “3 days”; a dash for what is left out."""
    if hours is None:
        return NOTHING
    if hours < 1:
        return _("under an hour")
    if hours < HOURS_OF_DAYS:
        return ngettext("%(n)d hour", "%(n)d hours", round(hours)) % {"n": round(hours)}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def percent(share: float | None) -> str:
    """“86 %”; a dash for what is left out."""
    return NOTHING if share is None else _("%(n)d %%") % {"n": round(100 * share)}


def rate(row: dict[str, Any]) -> str:
    """“4.2 in 1,000”, or “3 in 140” where there are fewer than 1,000 articles."""
    if not row["articles"]:
        return NOTHING
    if row["articles"] < ARTICLES_FOR_A_RATE:
        return _("%(n)d in %(articles)d") % {"n": row["corrections"], "articles": row["articles"]}
    return _("%(n)s in 1,000") % {"n": row["corrections_per_1000_articles"]}


def month_name(month: str) -> str:
    """`2026-11` → “Nov 2026”, in one piece."""
    year, number = map(int, month.split("-"))
    return str(date_format(date(year, number, 1), "M Y")).replace(" ", "\N{NO-BREAK SPACE}")


def as_csv(figures: dict[str, Any]) -> str:
    """One line a month and a section, and one for all. A figure left out is empty."""
    times = [f"{step}_{which}_hours" for step in statistics.STEPS for which in ("median", "p90")]
    groups = [("total", "", figures["totals"])]
    groups += [("month", row["month"], row) for row in figures["by_month"]]
    groups += [("section", row["section"], row) for row in figures["by_section"]]
    rows = []
    for group, name, row in groups:
        hours = [row["hours"][step][which] for step in statistics.STEPS for which in ("median", "p90")]
        rows.append([group, name, *(row[column] for column in COLUMNS), *hours])
    return table(["group", "name", *COLUMNS, *times], rows)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("received", "accepted", "declined", "corrections", "found_by_readers")}
    shown["cells"] = [
        (_("Received"), _number(row["received"])),
        (_("Accepted"), _number(row["accepted"])),
        (_("Declined"), _number(row["declined"])),
        (_("Corrections"), _number(row["corrections"])),
        (_("Found by readers"), _number(row["found_by_readers"])),
        (_("For the articles"), rate(row)),
        (_("Half answered within"), lasting(row["hours"]["decide"]["median"])),
    ]
    return shown


def _number(count: int | None) -> Any:
    return NOTHING if count is None else count


def _bars(
    rows: list[dict[str, Any]], name: str, column: str, *, shown: str = "", most: float | None = None
) -> list[dict[str, Any]]:
    """A bar a row, its length 0 to 100; a figure left out has none."""
    longest = most or max([row[column] or 0 for row in rows] or [0]) or 1
    return [
        {
            "name": row[name],
            "length": round(FULL * (row[column] or 0) / longest),
            "shown": row[shown] if shown else _number(row[column]),
        }
        for row in rows
    ]
