"""Logins of a dashboard behind an ingress controller: what people see in a browser, and what strangers get.

`oidc` runs oauth2-proxy with a provider whose form people fill in; `basic` runs Traefik and asks for a password.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from e2e.addons.conftest import describe_login
from e2e.addons.install import install_addon
from e2e.browser import FIGURES, Controller, Website, browse, find_cookies, keep, read_text
from e2e.clusters import deploy, describe, write_fleet
from e2e.harness import Kubectl, list_addresses, list_nodes, make_certificate, settle, wait_until
from support.browser import Browser

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("traefik")]

PROVIDER = "oidc.oidc.svc:9400"

PAGES = ("/status", "/info/main/workers.html", "/metrics", "/health", "/statics/css/base.css", "/individual-plots.json")

CLOSED = ("/json/counts.json", "/api/v1/retire_workers", "/%61pi/v1/retire_workers", "/proxy/8788/127.0.0.1/status")
"""Paths that nobody may use, logged in or not."""

GUESSED = base64.b64encode(b"alice:guessed").decode()

FORGED: Mapping[str, Mapping[str, str]] = {
    "names": {"X-Forwarded-User": "alice", "X-Forwarded-Email": "alice@example.com", "X-Forwarded-Groups": "admins"},
    "names of a request": {"X-Auth-Request-User": "alice", "X-Auth-Request-Groups": "admins", "Remote-User": "alice"},
    "address": {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "X-Forwarded-Uri": "/dask/ping"},
    "path": {"X-Original-URL": "/ping", "X-Rewrite-URL": "/ping", "X-Forwarded-Prefix": "/oauth2"},
    "bearer": {"Authorization": "Bearer none"},
    "password": {"Authorization": f"Basic {GUESSED}"},
    "cookie": {"Cookie": "dask-team=Zm9yZ2Vk|1764288000|Zm9yZ2Vk"},
    "origin": {"Origin": "https://evil.example.com"},
}

LOG_IN = "(() => {{ const name = document.querySelector('input[name=sub]'); name.value = '{}'; name.form.submit() }})()"


@pytest.fixture
def provider(cluster: Kubectl) -> str:
    """The address and port of a node at which a browser finds the provider, which stays."""
    install_addon(cluster, "oidc", "oidc")
    port = {"name": "http", "port": 9400, "targetPort": 9400}
    spec = {"type": "NodePort", "selector": {"app": "oidc"}, "ports": [port]}
    there = Kubectl(cluster.kubeconfig, "oidc")
    there.apply([{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "outside"}, "spec": spec}])
    [served] = there.get("service", "outside")["spec"]["ports"]
    return f"{next(iter(list_nodes(cluster).values()))}:{served['nodePort']}"


def serve(namespace: Kubectl, controller: Controller, folder: Path, auth: Mapping[str, Any]) -> Website:
    """Deploy `team`, whose dashboard is under a path of a host of its own."""
    host = f"{namespace.namespace}.example.com"
    certificate, key = make_certificate(folder, host)
    namespace("create", "secret", "tls", "dask-tls", "--cert", str(certificate), "--key", str(key))
    dashboard = {"kind": "ingress", "class": "traefik", "host": host, "path": "/dask", "tls": {"secret": "dask-tls"}}
    spec = describe(namespace.namespace, 1, expose={"dashboard": {**dashboard, "auth": dict(auth)}})
    deploy(namespace, write_fleet(folder, team=spec), "team")
    return Website(host, controller, certificate)


def ask(website: Website, **headers: str) -> dict[str, int]:
    """The status of each path, and of the websocket that a page of the dashboard opens."""
    found = {path: website.status(f"/dask{path}", **headers) for path in (*PAGES, *CLOSED)}
    return {**found, "websocket": website.open_websocket("/dask/workers/ws", website.url, **headers)}


def expect(pages: int, closed: int, websocket: int) -> dict[str, int]:
    """What `ask` returns."""
    return {**dict.fromkeys(PAGES, pages), **dict.fromkeys(CLOSED, closed), "websocket": websocket}


def forge(website: Website) -> dict[str, int]:
    """The status that a stranger gets who claims to be somebody else."""
    return {name: website.status("/dask/status", **headers) for name, headers in FORGED.items()}


def watch(browser: Browser, website: Website, namespace: Kubectl, name: str) -> None:
    """See plots, and a worker in a table, which the page gets by its websocket."""
    wait_until(lambda: browser.evaluate(FIGURES), "figures of the status page")
    keep(browser, f"{name}.png")
    [worker] = list_addresses(namespace, "worker")
    browser.open(f"{website.url}/dask/workers")
    wait_until(lambda: f"tcp://{worker}:8789" in read_text(browser), "a worker in the table")


def test_people_log_in_at_a_provider(namespace: Kubectl, controller: Controller, provider: str, tmp_path: Path) -> None:
    values = {"client-secret": "of-any-client", "cookie-secret": secrets.token_hex(16)}
    literals = [f"--from-literal={key}={value}" for key, value in values.items()]
    namespace("create", "secret", "generic", "dask-login", *literals)
    auth = describe_login(f"http://{PROVIDER}", {"namespace": "oidc", "podLabels": {"app": "oidc"}, "ports": [9400]})
    website = serve(namespace, controller, tmp_path, auth)

    shut = expect(302, 302, 302)
    assert settle(lambda: ask(website), shut) == shut
    assert forge(website) == dict.fromkeys(FORGED, 302)
    assert website.status("/dask/status", Host="evil.example.com") == 404
    forged = website.request("/dask/status", {"X-Forwarded-Host": "evil.example.com"})
    asked = parse_qs(urlsplit(forged.headers["Location"]).query)
    assert asked["redirect_uri"] == [f"{website.url}/dask/oauth2/callback"]
    assert "evil" not in forged.headers["Location"]

    at_provider = f"MAP {PROVIDER} {provider}"
    with browse(tmp_path / "alice", website, at_provider) as browser:
        come_in(browser, website, "alice")
        watch(browser, website, namespace, "login-oidc")
        cookies = find_cookies(browser, f"{website.url}/dask/status")
    mine = {name: value for name, value in cookies.items() if name.startswith("dask-team")}
    assert ask(website, **send(mine)) == expect(200, 404, 101)
    assert website.open_websocket("/dask/workers/ws", "https://evil.example.com", **send(mine)) == 403
    assert website.status("/dask/status", Host="evil.example.com", **send(mine)) == 404
    tampered = [website.status("/dask/status", **send(changed)) for changed in change_each_part(mine)]
    assert tampered == [302] * len(tampered)
    assert tampered

    with browse(tmp_path / "bob", website, at_provider) as browser:
        come_in(browser, website, "bob")
        wait_until(lambda: "403" in read_text(browser), "a refusal of one who is no member")
        cookies = find_cookies(browser, f"{website.url}/dask/status")
    assert ask(website, **send(cookies)) == shut


def come_in(browser: Browser, website: Website, who: str) -> None:
    """Open the dashboard, and log in at the provider that it leads to."""
    browser.open(f"{website.url}/dask/status")
    wait_until(lambda: browser.evaluate("location.host") == PROVIDER, "the provider's form")
    wait_until(lambda: browser.evaluate("!!document.querySelector('input[name=sub]')"), "its field for a name")
    browser.evaluate(LOG_IN.format(who))
    wait_until(lambda: browser.evaluate("location.host") == website.host, "the way back")


def send(cookies: Mapping[str, str]) -> dict[str, str]:
    """The header with which a browser sends cookies."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def change_each_part(cookies: Mapping[str, str]) -> list[dict[str, str]]:
    """Copies of cookies, in each of which one letter in the middle of a part of a value is another."""
    return [
        {**cookies, name: "|".join([*parts[:index], change(parts[index]), *parts[index + 1 :]])}
        for name, parts in ((name, value.split("|")) for name, value in cookies.items())
        for index, part in enumerate(parts)
        if part
    ]


def change(text: str) -> str:
    """A text whose letter in the middle is another."""
    middle = len(text) // 2
    return f"{text[:middle]}{'2' if text[middle] == '1' else '1'}{text[middle + 1 :]}"


def test_people_log_in_by_a_password(namespace: Kubectl, controller: Controller, tmp_path: Path) -> None:
    password = secrets.token_hex(16)
    digest = base64.b64encode(hashlib.sha1(password.encode(), usedforsecurity=False).digest()).decode()
    namespace("create", "secret", "generic", "dask-login", f"--from-literal=htpasswd=alice:{{SHA}}{digest}")
    auth = {"kind": "basic", "htpasswd": "dask-login", "image": find_traefik(namespace)}
    website = serve(namespace, controller, tmp_path, auth)

    # Traefik finds no route for the API, so that it asks nobody for a password there.
    shut = expect(401, 401, 401) | dict.fromkeys(CLOSED[1:3], 404)
    assert settle(lambda: ask(website), shut) == shut
    assert forge(website) == dict.fromkeys(FORGED, 401)
    assert website.status("/dask/status", Host="evil.example.com") == 404

    given = {"Authorization": f"Basic {base64.b64encode(f'alice:{password}'.encode()).decode()}"}
    assert ask(website, **given) == expect(200, 404, 101)
    assert website.open_websocket("/dask/workers/ws", "https://evil.example.com", **given) == 403
    with browse(tmp_path / "browser", website) as browser:
        browser.open(f"{website.url}/dask/status")
        wait_until(lambda: browser.evaluate("document.readyState") == "complete", "an answer")
        assert not browser.evaluate(FIGURES)
        browser.open(f"https://alice:{password}@{website.host}/dask/status")
        watch(browser, website, namespace, "login-basic")


def find_traefik(kubectl: Kubectl) -> dict[str, str]:
    """The image of Traefik that the ingress controller runs."""
    deployment = Kubectl(kubectl.kubeconfig, "traefik").get("deployment", "traefik")
    name, _, tag = deployment["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")
    return {"name": name, "tag": tag}
