"""Read what can be reached, as the code in the working folder shows it: `python tests/reading.py`, with its settings.

As nobody, as an administrator and as each partner; of pages of one shape a few. Prints JSON: how many were read by
whom, and what failed. Asks Django and the API's own description, and nothing of ours but how a key is made, so that an
older release can be read as well.
"""

import json
import re
import sys
from collections import Counter, deque
from urllib.parse import urldefrag, urljoin, urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402 -- after django.setup()
from django.contrib.auth import get_user_model  # noqa: E402 -- idem
from django.test import Client  # noqa: E402 -- idem
from drf_spectacular.generators import SchemaGenerator  # noqa: E402 -- idem

from newsroom.accounts.models import Organization  # noqa: E402 -- idem
from newsroom.accounts.scopes import PARTNER  # noqa: E402 -- idem
from newsroom.accounts.services import issue_key  # noqa: E402 -- idem

OF_ONE_SHAPE = 2
PAGES = 150
BROKEN = 500
HREF = re.compile(r'href="([^"]+)"')
NAME = re.compile(r"[A-Z]+-[2-9A-Z-]{6,}|[0-9a-f-]{20,}|\d+|=[^&]*")


class Reading:
    """Who reads, what was answered."""

    def __init__(self, who, client):
        self.who = who
        self.client = client
        self.read = Counter()
        self.failed = []

    def get(self, path, **headers):
        """The answer, None for an error."""
        try:
            answer = self.client.get(path, headers=headers)
        except Exception as error:  # noqa: BLE001 -- told as a failure
            self.failed.append(f"{self.who}: {path}: {type(error).__name__}: {error}")
            return None
        self.read[answer.status_code] += 1
        if answer.status_code >= BROKEN:
            self.failed.append(f"{self.who}: {path}: {answer.status_code}")
        return answer

    def walk(self, *starts):
        """From link to link."""
        waiting, seen, shapes = deque(starts), set(starts), Counter()
        while waiting and sum(self.read.values()) < PAGES:
            path = waiting.popleft()
            answer = self.get(path)
            if answer is None or not answer.get("Content-Type", "").startswith("text/html"):
                continue
            for link in HREF.findall(answer.content.decode()):
                there = _ours(path, link.replace("&amp;", "&"))
                shape = NAME.sub("#", there)
                if there and there not in seen and shapes[shape] < OF_ONE_SHAPE:
                    seen.add(there)
                    shapes[shape] += 1
                    waiting.append(there)

    def call(self, key):
        """Every list of the API, and the first few things in it."""
        described = SchemaGenerator().get_schema(request=None, public=True)["paths"]
        lists = [path for path, methods in described.items() if "get" in methods and "{" not in path]
        for path in lists:
            answer = self.get(path, authorization=f"Bearer {key}")
            found = answer.json() if answer is not None and "json" in answer.get("Content-Type", "") else {}
            for row in (found.get("results") or [])[:OF_ONE_SHAPE] if isinstance(found, dict) else []:
                if "reference" in row and f"{path}{{reference}}/" in described:
                    self.get(f"{path}{row['reference']}/", authorization=f"Bearer {key}")


def _ours(page, link):
    """The path of a link that leads to this service, and changes nothing; "" for others."""
    here = urljoin(f"{settings.BASE_URL}{page}", urldefrag(link).url)
    parts = urlsplit(here)
    if f"{parts.scheme}://{parts.netloc}" != settings.BASE_URL or parts.path.startswith(("/static/", "/admin/logout")):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def main():
    """Read, and tell."""
    nobody = Reading("nobody", Client())
    nobody.walk("/")
    administrator = get_user_model().objects.filter(is_superuser=True).order_by("pk").first()
    signed_in = Client()
    signed_in.force_login(administrator)
    desk = Reading("administrator", signed_in)
    desk.walk("/admin/")
    readings = [nobody, desk]
    for partner in Organization.objects.order_by("pk"):
        readings.append(Reading(partner.slug, Client()))
        readings[-1].call(issue_key(label="reading", scopes=PARTNER, organization=partner)[1])
    told = {
        "read": {
            reading.who: sum(count for status, count in reading.read.items() if status < 400) for reading in readings
        },
        "failed": [line for reading in readings for line in reading.failed],
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
