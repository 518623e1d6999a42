"""A fleet in a Git repository, edited and pushed as people do, and what its engine makes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import uuid4

from daskgen.kubernetes.labels import COMPONENT, INSTANCE
from daskgen.outside import tools
from e2e.clusters import SMALL, describe
from e2e.delivery.engines import Engine, State
from e2e.delivery.repository import Repository
from e2e.harness import Kubectl, daskgen, describe_namespace, run, wait_until

FOLDERS = {"still": "still/", "loose": ""}
"""Folders of clusters that are not in the group of the others."""

LIGHT = {**SMALL, "cpu": "100m"}
"""Many of these run at the same time."""

CALM = {
    "worker": {"profile": {"enabled": False}},
    "admin": {
        "tick": {"interval": "1s", "limit": "1m"},
        "system-monitor": {"interval": "10s", "gil": {"enabled": False}},
    },
}
"""Dask's configuration where nobody looks how busy it is: otherwise each process looks a hundred times a second."""

KINDS = ("configmaps", "deployments", "networkpolicies", "poddisruptionbudgets", "serviceaccounts", "services")

CUSTOM = ("daskclusters", "daskworkergroups", "daskautoscalers")

QUIET = 600
"""Seconds in which nothing may be written."""


class Still(NamedTuple):
    """What an engine had written when nothing was to change any more, and when that was."""

    writes: dict[tuple[str, str], Any]
    since: float

    def await_end(self) -> None:
        """Wait until long enough has passed."""
        time.sleep(max(0, self.since + QUIET - time.monotonic()))


class Fleet:
    """A repository, its namespace in Kubernetes, and the engine that takes the one to the other."""

    def __init__(self, engine: Engine, cluster: Kubectl, repository: Repository, address: str) -> None:
        self.engine, self.cluster, self.repository = engine, cluster, repository
        self.name = f"e2e-{uuid4().hex[:6]}"
        self.kubectl = Kubectl(cluster.kubeconfig, self.name)
        self.address = address
        self.still = Still({}, 0)

    @property
    def operated(self) -> dict[str, Any]:
        """What a spec says for the fleet's operator to run the cluster."""
        return {"engine": {"kind": "operator", "namespace": self.name}}

    def describe(self, replicas: int = 1, **fields: Any) -> dict[str, Any]:
        """A spec in the fleet's namespace."""
        groups = [{**LIGHT, "replicas": replicas, "threads": 1}]
        return {**describe(self.name), "scheduler": LIGHT, "workers": groups, "config": {"distributed": CALM}, **fields}

    def describe_asleep(self) -> dict[str, Any]:
        """A spec of a cluster without pods."""
        asleep = {"target": {"kind": "Deployment", "name": "scheduler"}, "patch": {"spec": {"replicas": 0}}}
        return self.describe(0, patches=[asleep])

    def begin(self) -> None:
        """Push settings and two clusters, and apply by hand what is to be applied once."""
        self.cluster.apply([describe_namespace(self.name)])
        self._set_engine(self.engine)
        self.edit({"small": self.describe(), "made": self.describe(**self.operated), "still": self.describe()})
        self.push("Begin")
        if self.engine.kind == "argocd":
            patch = self.repository.root / "overlays/gitops/argocd-cm/argocd-cm.yaml"
            self.cluster("patch", "configmap", "argocd-cm", "--namespace", "argocd", "--patch-file", str(patch))
        entry = self.repository.root / "overlays/gitops" / self.engine.kind
        self.cluster("apply", "--server-side", "--kustomize", str(entry))
        self.await_sync()
        self.still = Still(self.list_writes("still"), time.monotonic())

    def _set_engine(self, engine: Engine) -> None:
        """Write the settings of a fleet that an engine delivers."""
        delivery = {"kind": engine.kind, "repository": self.address, "name": self.name, **engine.options}
        operator = {"install": True, "crds": False, "scope": "namespace", "namespace": self.name}
        self.repository.write("daskgen.yaml", {"apiVersion": "daskgen/v1", "operator": operator, "delivery": delivery})

    @contextmanager
    def replaced_by(self, engine: Engine) -> Iterator[None]:
        """Name another engine in the settings, and push the former one again afterwards."""
        self._set_engine(engine)
        try:
            yield
        finally:
            self._set_engine(self.engine)
            self.edit({})
            self.push(f"{self.engine.kind} again")
            self.await_sync()

    def end(self) -> None:
        """Have the engine forget the fleet, and delete what is left of it."""
        names = sorted(self.look())
        self.cluster("delete", self.engine.resource, "--namespace", self.engine.namespace, *names)
        self.cluster("delete", "namespace", self.name, "--wait=false")

    def edit(self, specs: Mapping[str, Mapping[str, Any] | None], allow_delete: Iterable[str] = ()) -> None:
        """Write specs, or delete the files of those that are None, and render."""
        self.write(specs)
        self.call("render", *(word for name in allow_delete for word in ("--allow-delete", name)))

    def write(self, specs: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Write specs, or delete the files of those that are None."""
        for name, spec in specs.items():
            file = f"clusters/{FOLDERS.get(name, 'team/')}{name}.yaml"
            if spec is None:
                (self.repository.root / file).unlink()
            else:
                self.repository.write(file, spec)

    def call(self, *words: str, code: int = 0) -> str:
        """What daskgen says in the working copy."""
        return daskgen(self.cluster, self.repository.root, *words, code=code)

    def push(self, message: str) -> str:
        """Push all there is, and give the commit."""
        return self.repository.push(message)

    def await_sync(self, timeout: float = 300) -> None:
        """Wait until the engine says that everything pushed is there, and well."""
        commit = self.repository.head
        names = {self.name, *(f"{self.name}-{group}" for group in self.list_groups())}

        def is_synced() -> bool:
            states = self.look()
            return states.keys() == names and all(state.well and state.commit == commit for state in states.values())

        try:
            wait_until(is_synced, "synced", timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.look()}") from None

    def deliver(
        self, message: str, specs: Mapping[str, Mapping[str, Any] | None], allow_delete: Iterable[str] = ()
    ) -> None:
        """Edit, push, and wait until it is there."""
        self.edit(specs, allow_delete)
        self.push(message)
        self.await_sync()

    def look(self) -> dict[str, State]:
        """What the engine says, by the name of what it says it of."""
        return self.engine.look(self.cluster, self.name)

    def list_groups(self) -> set[str]:
        """What is delivered together."""
        return {path.name for path in (self.repository.root / "overlays/gitops/groups").iterdir()}

    def measure_longest_build(self) -> float:
        """Seconds that kustomize takes for the group that takes it longest."""
        took = []
        for group in (self.repository.root / "overlays/gitops/groups").iterdir():
            started = time.monotonic()
            tools.run("kustomize", "build", str(group))
            took.append(time.monotonic() - started)
        return max(took)

    def plan(self) -> dict[str, Any]:
        """What is told before the merge, by cluster."""
        told = json.loads(self.call("plan", "--base", "HEAD", "--format", "json", code=1))
        return {cluster["name"]: cluster for cluster in told["clusters"]}

    def list_pods(self, name: str = "", component: str = "") -> set[str]:
        """The unique ids of pods: of a cluster, or of all, but for those on their way out."""
        return {pod["metadata"]["uid"] for pod in self._find_pods(name, component)}

    def await_image(self, name: str, image: str) -> None:
        """Wait until all pods of a cluster run `image`, and nothing else."""
        wait_until(lambda: self._find_images(name) == {image}, f"{name} with {image}", 240)

    def _find_images(self, name: str) -> set[str]:
        return {container["image"] for pod in self._find_pods(name) for container in pod["spec"]["containers"]}

    def _find_pods(self, name: str = "", component: str = "") -> list[dict[str, Any]]:
        wanted = {INSTANCE: name, COMPONENT: component}
        selector = ",".join(f"{key}={value}" if value else key for key, value in wanted.items())
        found = self.kubectl.get("pods", "--selector", selector)["items"]
        return [body for body in found if "deletionTimestamp" not in body["metadata"]]

    def await_workers(self, **counts: int) -> None:
        """Wait until clusters have so many workers that are ready, and no others."""
        wait_until(lambda: {count: self._count_ready(count) for count in counts} == counts, f"ready: {counts}", 240)

    def _count_ready(self, name: str) -> int:
        pods = self._find_pods(name, "worker")
        conditions = [condition for pod in pods for condition in pod["status"].get("conditions", [])]
        ready = len(
            [condition for condition in conditions if (condition["type"], condition["status"]) == ("Ready", "True")]
        )
        return ready if ready == len(pods) else -1

    def list_objects(self, name: str) -> set[tuple[str, str]]:
        """Kind and name of all there is of a cluster."""
        kinds = ",".join((*KINDS, *CUSTOM, "pods"))
        found = self.kubectl.get(kinds, "--selector", f"{INSTANCE}={name}")["items"]
        return {(body["kind"], body["metadata"]["name"]) for body in found}

    def list_writes(self, name: str = "") -> dict[tuple[str, str], Any]:
        """When the engine last wrote each object of a cluster, or of all, by kind and name."""
        found = self.cluster.get(
            ",".join((*KINDS, *CUSTOM)), "--namespace", self.name, "--show-managed-fields", "--selector",
            f"{INSTANCE}={name}" if name else INSTANCE,
        )["items"]  # fmt: skip
        return {
            (body["kind"], body["metadata"]["name"]): write["time"]
            for body in found
            for write in body["metadata"]["managedFields"]
            if write["manager"] == self.engine.manager
        }

    def is_marked(self, kind: str, name: str) -> bool:
        """Whether the engine takes an object for its own, and prunes it one day."""
        meta = self.kubectl.get(kind, name)["metadata"]
        return self.engine.mark in {**meta.get("labels", {}), **meta.get("annotations", {})}

    def list_wants(self) -> dict[tuple[str, str], Any]:
        """What each object asks for, by kind and name, whatever its labels and annotations are."""
        found = self.kubectl.get(",".join((*KINDS, *CUSTOM)), "--selector", INSTANCE)["items"]
        return {(body["kind"], body["metadata"]["name"]): body.get("spec", body.get("data")) for body in found}

    def reconcile(self) -> None:
        """Have the engine look again at everything, and wait until it has."""
        names = sorted(self.look())
        asked = f"{self.engine.ask}={uuid4().hex if self.engine.kind == 'flux' else 'normal'}"
        # Flux takes back what kubectl itself has written.
        where = ("--namespace", self.engine.namespace, "--overwrite", "--field-manager", "flux-client-side-apply")
        self.cluster("annotate", self.engine.resource, *names, *where, asked)
        self.await_sync()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Have the engine apply nothing, neither the groups nor what delivers them."""
        # What delivers the groups comes first: it would undo the pause of a group.
        names = sorted(self.look())
        self._patch(names, self.engine.pause)
        try:
            yield
        finally:
            self._patch(names, self.engine.resume)
            self.reconcile()

    def _patch(self, names: Iterable[str], patch: Mapping[str, Any]) -> None:
        where = ("--namespace", self.engine.namespace, "--type", "merge", "--patch", json.dumps(patch))
        for name in names:
            self.cluster("patch", self.engine.resource, name, *where)

    def run(self, command: str) -> None:
        """Run what the plan prints, in the working copy."""
        run(self.cluster, self.repository.root, command)

    @contextmanager
    def operator_away(self) -> Iterator[None]:
        """Let no pod start, so that the operator stays away for a while whatever the engine does about it."""
        quota = {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "none"},
            "spec": {"hard": {"pods": "0"}},
        }
        self.kubectl.apply([quota])
        selector = ("--selector", f"{INSTANCE}=dask-operator")
        self.kubectl("delete", "pods", *selector)
        try:
            yield
        finally:
            self.kubectl("delete", "resourcequota", "none")
            # The next try would come late; a new ReplicaSet tries at once.
            self.kubectl("delete", "replicasets", *selector)
