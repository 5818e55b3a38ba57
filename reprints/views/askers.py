"""Who goes through the two steps of asking, and what becomes of what they send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from newsroom.accounts.models import Organization, Publication
from newsroom.errors import Fault, Invalid
from newsroom.web import form_token
from newsroom.web.text import has_forbidden_characters
from reprints import links
from reprints.forms import several
from reprints.forms.asking import ABOUT_ALL, PERSONAL, ArticlesForm, DetailsForm
from reprints.forms.faults import place_of, shifted
from reprints.forms.several import MORE
from reprints.models import LicenseRequest
from reprints.services import asking

PURPOSE = "license_request"


@dataclass(frozen=True)
class Asker:
    """Who asks which publication: anyone, or an organization on its own pages.

    The forms go to `action`, `about` binds them to a session, and `page_of` is where the request is found afterwards.
    `places` are the other pages of an organization. `pace` is the throttle that counts what somebody known sends, and
    the key it is counted under.
    """

    publication: Publication
    organization: Organization | None = None
    action: str = "/reprints/new/"
    about: str = ""
    page_of: Callable[[LicenseRequest], str] = links.private_path
    places: Sequence[dict[str, Any]] = ()
    pace: tuple[str, str] | None = None

    @property
    def is_known(self) -> bool:
        """Whether nobody need say who they are."""
        return self.organization is not None

    @property
    def has_asked(self) -> bool:
        """Whether this goes into a request that is there already."""
        return False

    @property
    def unasked(self) -> frozenset[str]:
        """The fields that are not asked for."""
        return PERSONAL if self.is_known else frozenset()

    def prefilled(self, query: QueryDict) -> dict[str, str]:
        """What the link to the form already knows: `?url=`, several of them, `?use=` and `?organization_type=`."""
        return from_link(query, usual=self.organization.kind if self.organization else "")

    def typed(self, data: QueryDict) -> QueryDict:
        """What was typed, as this asker may type it."""
        return data

    def asking_for(self, urls: list[str]) -> Asker:
        """The same, of the publication whose articles these are."""
        found = asking.publication_of([{"article_url": url} for url in urls])
        return replace(self, publication=found or self.publication)

    def send(self, data: dict[str, Any], person: dict[str, Any]) -> str:
        """Send the request, in the name that was given where nobody is known; its reference."""
        requester = None
        if self.organization is None:
            requester = asking.Requester(name=person["name"], email=person["email"], company=person["company"])
        made = asking.submit(
            data,
            publication=self.publication,
            organization=self.organization,
            requester=requester,
            language=get_language() or self.publication.language,
            consent=person["terms_sha256"] if person["agreed"] else "",
        )
        return made.reference

    def renewed(self) -> Asker:
        """The same after a refusal."""
        return self

    def token(self, *, head_start: float = 0) -> str:
        """A fresh token for one sending of the form."""
        return form_token.issue(PURPOSE, about=self.about, head_start=head_start)

    def details(self, step: ArticlesForm, typed: QueryDict, *, fresh: bool = False) -> DetailsForm:
        """The second step; `fresh`: for a use of which nothing was filled in yet. `step` has chosen a use."""
        use = step.chosen
        assert use is not None  # noqa: S101 -- asked for by the caller
        return DetailsForm(
            None if fresh else typed,
            step=step,
            use=use,
            publication=self.publication,
            without=self.unasked,
            given=typed if fresh else None,
            before=self.before(step, typed),
        )

    def before(self, step: ArticlesForm, typed: QueryDict) -> list[DetailsForm]:
        """The uses that were added to the request before. Those that are not offered are not among them."""
        found = []
        for text in typed.getlist(MORE):
            data = several.unpacked(text)
            data["organization_type"] = typed.get("organization_type", "")
            first = ArticlesForm(data, use_types=step.use_types.values())
            if (use := first.chosen) is not None:
                found.append(DetailsForm(data, step=first, use=use, publication=self.publication, without=PERSONAL))
        return found


@dataclass(frozen=True)
class Adder(Asker):
    """Whoever has asked, and wants another use in the same request: its page is where the forms lead.

    `seen` is the version of the request that the form was drawn from.
    """

    asked: LicenseRequest | None = None
    seen: int = 0

    @property
    def back(self) -> str:
        """The request's page."""
        return self.page_of(self.request)

    @property
    def request(self) -> LicenseRequest:
        """The request that the use goes into."""
        assert self.asked is not None  # noqa: S101 -- made with one
        return self.asked

    @property
    def is_known(self) -> bool:
        """By the request."""
        return True

    @property
    def has_asked(self) -> bool:
        """As the name says."""
        return True

    @property
    def unasked(self) -> frozenset[str]:
        """Everything that was said for the request as a whole."""
        return PERSONAL | ABOUT_ALL

    def prefilled(self, query: QueryDict) -> dict[str, str]:
        """The articles of the request, and who asked."""
        urls = dict.fromkeys(row.article.url for row in self.request.items.select_related("article"))
        return {"article_urls": "\n".join(urls), "use": "", "organization_type": self.request.organization_type}

    def typed(self, data: QueryDict) -> QueryDict:
        """Who asked stays."""
        copied = data.copy()
        copied["organization_type"] = self.request.organization_type
        return copied

    def asking_for(self, urls: list[str]) -> Asker:
        """The publication is the request's, whatever is added."""
        return self

    def send(self, data: dict[str, Any], person: dict[str, Any]) -> str:
        """Ask for these items too. A fault of one that is there already is one of the request as a whole."""
        there = [row.as_asked() for row in self.request.items.select_related("article")]
        try:
            asking.edit(self.request, {"items": [*there, *data["items"]]}, seen=self.seen)
        except Invalid as error:
            raise Invalid([_of_the_new(fault, len(there)) for fault in error.faults]) from error
        return self.request.reference

    def renewed(self) -> Asker:
        """With the version as it is now: whoever presses again has read what changed."""
        fresh = LicenseRequest.objects.select_related("publication", "organization").get(pk=self.request.pk)
        return replace(self, asked=fresh, seen=fresh.version)


def from_link(query: QueryDict, *, usual: str = "") -> dict[str, str]:
    """The first step as the link fills it in; `usual` is the kind of organization where it names none."""
    urls = [url for url in query.getlist("url") if not has_forbidden_characters(url)]
    kind = query.get("organization_type", usual)
    return {"article_urls": "\n".join(urls), "use": query.get("use", ""), "organization_type": kind}


def _of_the_new(fault: Fault, there: int) -> Fault:
    place = place_of(fault)
    return replace(fault, pointer="") if place is not None and place < there else shifted(fault, there)
