"""What a publication decides for itself."""

from __future__ import annotations

from typing import Any

POLICIES: dict[str, Any] = {
    # people: whoever holds one of these roles signs in with a second step where STAFF_MFA is `required`
    "second_factor_roles": [
        *("desk_editor", "standards_editor", "legal", "licensing_editor", "licensing_manager", "admin"),
    ],
    # corrections
    "regime": "own",  # whose rule sets the latest dates: see accounts.regimes
    "count_days": "business",  # business or calendar: how the three following are counted
    "acknowledge_within_days": 2,
    "decide_within_days": 7,
    "publish_within_days": 28,
    "urgent_within_hours": 24,
    "on_call": [],  # mail addresses that an urgent report pages; empty: the standards editors
    "on_call_within_hours": 2,  # calendar hours until an urgent report is taken up
    "escalate_after_hours": 24,  # from a broken promise to the standards editors; an urgent one at once
    "appeal_within_days": 28,
    "ask_fixed_after_days": 28,  # after the correction; 0: never
    "allow_publish_urgent": True,
    "mail_words_to_staff": False,
    "complaints_body": "",  # a text, or [{"name": …, "address": …, "limit": …}]
    "statistics_open": False,
    # what is forgotten, in days; 0 keeps for ever
    "contact_days": 90,  # how to reach a reader or requester, after closing
    "unconfirmed_contact_days": 90,  # the same while the address was never confirmed
    "spam_text_days": 30,  # words of spam, after it was marked
    "text_days": 365,  # a reader's words after closing: the time to appeal and to go to a complaints body is over
    "request_text_days": 365,  # a web requester's words, after closing without a license
    "network_days": 8,  # the hashed network of a report; its key is gone by then anyway
    "reveal_days": 730,  # who looked at contact details, and why
    "lint_levels": {},  # rule of the notice linter → block, warn or off; a rule not named keeps its own level
    "placements": {},  # kind or severity of a notice → where it must stand; empty: the house rule
    "opening_hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00"),  # a day not named is closed
    "holidays": [],
    # reprints
    "quote_within_days": 3,
    "quote_valid_days": 30,
    "editor_limit": "1000.00",
    "discount_limit": "30",  # percent below the rate card that an editor may offer; beyond it a manager approves
    "priced_limit": "2000.00",
    "free_words": 100,
    "show_update_counts": False,
    "ai_policy": {},  # search, ai_index, ai_input, ai_train, tdm → allow, license or deny; not named: the usual answer
    "invoicing": "external",  # external: the accounting system writes invoices; builtin: this desk does
    "invoice_due_days": 30,
    "invoice_prefix": "INV",  # a series is prefix and year, numbered without a gap per legal entity
    "credit_note_prefix": "CN",
    "invoice_reminder_days": [1, 14, 28],  # days after the due date
    "suspend_after_overdue_days": 45,  # 0: never
    "payment_instructions": "",  # printed on invoices: bank account, payment page
    "payment_link": "",  # https address of the payment page with {number}, {reference}, {amount}, {currency} in it
    "tax": {},  # {"country": "DE", "rate": "19"}, and "oss_rates": {"FR": "20"}; empty: decided by hand
}
"""Every per-publication setting with its default. The documentation test walks it."""
