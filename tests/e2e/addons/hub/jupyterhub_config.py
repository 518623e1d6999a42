"""Configure a hub by values, as the zero-to-jupyterhub chart 4.4 does (jupyterhub/files/hub/jupyterhub_config.py).

Users log in without a password, and what the hub keeps is lost with its pod.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, "/etc/jupyterhub")
from z2jh import get_config as read  # type: ignore[import-not-found]

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # JupyterHub defines it
servers = read("singleuser")

c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = "http://hub:8081"
c.ConfigurableHTTPProxy.api_url = "http://proxy-api:8001"
c.ConfigurableHTTPProxy.should_start = False
c.JupyterHub.services = [{"name": "test", "api_token": os.environ["TEST_TOKEN"], "admin": True}]
for name, service in read("hub.services", {}).items():
    token = Path("/etc/hub", f"hub.services.{name}.apiToken").read_text(encoding="utf-8")
    c.JupyterHub.services.append({"name": name, **service, "api_token": token})
c.JupyterHub.load_roles = [{"name": name, **role} for name, role in read("hub.loadRoles", {}).items()]

c.KubeSpawner.namespace = os.environ["POD_NAMESPACE"]
c.KubeSpawner.image = f"{servers['image']['name']}:{servers['image']['tag']}"
c.KubeSpawner.image_pull_policy = servers["image"]["pullPolicy"]
c.KubeSpawner.cmd = servers["cmd"]
c.KubeSpawner.default_url = servers["defaultUrl"]
c.KubeSpawner.cpu_limit = servers["cpu"]["limit"]
c.KubeSpawner.cpu_guarantee = 0.1
c.KubeSpawner.mem_limit = servers["memory"]["limit"]
c.KubeSpawner.mem_guarantee = "200M"
c.KubeSpawner.uid = 1000
c.KubeSpawner.start_timeout = 180
c.KubeSpawner.pod_name_template = servers.get("podNameTemplate", "jupyter-{user_server}")
c.KubeSpawner.service_account = servers.get("serviceAccountName")
c.KubeSpawner.environment = servers["extraEnv"]
c.KubeSpawner.common_labels = {"app": "jupyterhub", "release": "jupyterhub"}
c.KubeSpawner.extra_labels = {"hub.jupyter.org/network-access-hub": "true"}
files = servers["extraFiles"]
c.KubeSpawner.volumes = {"files": {"name": "files", "secret": {"secretName": "singleuser"}}}
c.KubeSpawner.volume_mounts = {
    name: {"name": "files", "mountPath": file["mountPath"], "subPath": name} for name, file in files.items()
}

c.KubeSpawner.allow_privilege_escalation = False
c.KubeSpawner.update(read("hub.config.KubeSpawner", {}))

for text in read("hub.extraConfig", {}).values():
    exec(text)  # noqa: S102  # as the chart does
