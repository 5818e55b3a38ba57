"""The people of the stories, each with a browser of their own: they read pages, fill in forms and press buttons."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import lxml.html
import requests


class Browser:
    """A session that fills in the forms it was shown, as a browser without scripts does."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.url = base
        self.page: lxml.html.HtmlElement | None = None
        self.response: requests.Response | None = None

    def open(self, path: str) -> Browser:
        """Follow a link."""
        return self._show(self.session.get(urljoin(self.base, path), timeout=20))

    def send(self, words: dict | None = None, *, action: str = "", expect: int = 200) -> Browser:
        """Fill in the form whose address ends so (the only POST form otherwise) and send it."""
        form = self._form(action)
        data = dict(form.form_values())
        data.update(words or {})
        target = urljoin(self.url, form.get("action") or self.url)
        response = self.session.post(target, data=data, headers={"Referer": self.url}, timeout=20)
        assert response.status_code == expect, (response.status_code, response.url, text_in(response)[:2000])
        return self._show(response)

    @property
    def text(self) -> str:
        """What a reader of the page sees."""
        return text_in(self.response)

    def _form(self, action: str) -> lxml.html.FormElement:
        posts = [form for form in self.page.forms if (form.method or "").upper() == "POST"]
        found = [form for form in posts if (form.get("action") or self.url).split("?")[0].endswith(action)]
        assert found, (f"no form to {action!r} on {self.url}", [form.get("action") for form in posts], self.text[:1500])
        return found[0]

    def _show(self, response: requests.Response) -> Browser:
        self.response, self.url = response, response.url
        self.page = parsed(response) if "html" in response.headers["Content-Type"] else None
        return self


class Editor(Browser):
    """A member of staff, signed in to the admin: each is one more tab of the browser in which they signed in once."""

    def __init__(self, stack, username: str) -> None:
        super().__init__(stack.base)
        if username in stack.sessions:
            self.session = stack.sessions[username]
            return
        login = stack.demo["users"][username]
        self.open("/admin/login/?next=/admin/")
        self.send({"username": login["username"], "password": login["password"]})
        assert self.url.endswith("/admin/"), self.text[:500]
        stack.sessions[username] = self.session

    def press(self, button: str, words: dict | None = None, *, expect: int = 200) -> Editor:
        """Press a button of the work page that is open."""
        self.send(words, action=f"/do/{button}/", expect=expect)
        return self


class Partner:
    """A partner's program with an API key."""

    def __init__(self, stack, key: str) -> None:
        self.base = f"{stack.base}/api/v1"
        self.session = requests.Session()
        if key:
            self.session.headers["Authorization"] = f"Bearer {stack.demo['api_keys'][key]}"

    def call(self, method: str, path: str, body: object = None, *, expect: int, **headers: str) -> requests.Response:
        """One call, with the status it must have."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("http") else self.base + path
        response = self.session.request(method, url, json=body, headers=names, timeout=20)
        assert response.status_code == expect, (method, path, response.status_code, response.text[:2000])
        return response


def parsed(response: requests.Response) -> lxml.html.HtmlElement:
    """The page as a tree."""
    return lxml.html.fromstring(response.content, parser=lxml.html.HTMLParser(encoding="utf-8"))


def text_in(response: requests.Response) -> str:
    """The words of a page, blanks collapsed."""
    if "html" not in response.headers.get("Content-Type", ""):
        return response.text
    page = parsed(response)
    for hidden in page.xpath("//script|//style"):
        hidden.drop_tree()
    return " ".join(page.text_content().split())


def link_in(text: str, pattern: str) -> str:
    """The first address in a mail whose path has this shape."""
    found = re.search(rf"https?://[^\s<>]*{pattern}[^\s<>]*", text)
    assert found, (pattern, text)
    return found.group(0)
