"""Every kind of finding: its code, and what to know about it. `daskgen explain CODE` prints a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Code(NamedTuple):
    """A kind of finding: a few words for it, and what is behind it."""

    title: str
    text: str


CODES: Mapping[str, Code] = {
    "DG001": Code("not YAML", "The file cannot be read as YAML. The position is where reading stopped."),
    "DG002": Code("duplicate key", "A key stands twice in one map. YAML readers silently keep one of the two."),
    "DG003": Code(
        "read differently elsewhere",
        "YAML 1.1 and 1.2 readers disagree about this unquoted value: `on` is true to one and text to the other, `08` "
        "a number to one and text to the other. Quote it if it is text; write true, false or plain decimals if not.",
    ),
    "DG004": Code(
        "YAML that is not read here",
        "Anchors, aliases, merge keys, tags and directives hide what a line means. Values that clusters share belong "
        "into `defaults` or a profile of daskgen.yaml.",
    ),
    "DG005": Code("more than one document", "A file describes one cluster. Split it."),
    "DG006": Code("key that is not text", "Keys are names of fields. Quote a number that is one."),
    "DG007": Code(
        "character that is not safe",
        "The characters U+0085, U+2028 and U+2029 end a line for some YAML readers. They and control characters are "
        "not safe as escapes either: kustomize fails on some of them.",
    ),
    "DG008": Code("nested too deep", "No field is that deep; the file is damaged or made to harm."),
    "DG009": Code("too large", "No cluster needs that much; the file is something else."),
    "DG010": Code("file cannot be read", "The file is missing, or may not be read."),
    "DG011": Code("file is not read", "Clusters are files under clusters/ that end in .yaml."),
    "DG012": Code("no clusters", "There is nothing under clusters/ to render."),
    "DG101": Code(
        "unknown field", "The name is none of the fields here. Most often it is misspelt or indented wrongly."
    ),
    "DG102": Code("wrong value", "The value is of the wrong type, out of range, or not of the right form."),
    "DG103": Code("missing field", "A field that has no default was not given, here or in the profile."),
    "DG105": Code("unknown profile", "daskgen.yaml has no profile of that name."),
    "DG106": Code(
        "other version of daskgen required",
        "`requires` in daskgen.yaml names the versions that may render this fleet, so that all people and CI get the "
        "same bytes.",
    ),
    "DG201": Code("two clusters of one name", "Overlays and objects are named after their cluster."),
    "DG202": Code("node port taken", "A node has each port once, whatever the namespace."),
    "DG203": Code("host and path taken", "Two routes for one address: which one answers is not defined."),
    "DG204": Code("name too long", "Kubernetes allows 63 characters for names of Services and pods and for labels."),
    "DG205": Code(
        "threads are not whole",
        "`cpu` gives the number of threads. Dask takes whole numbers only (`dask worker --nthreads`).",
    ),
    "DG206": Code(
        "spill does not fit",
        "Dask spills to the scratch volume. A pod that fills its volume is evicted, with all that it holds.",
    ),
    "DG207": Code("two groups of one name", "Worker groups are told apart by name."),
    "DG208": Code(
        "namespace created twice",
        "Two overlays that hold one namespace fight over its labels, and deleting one cluster deletes the other's.",
    ),
    "DG209": Code("objects collide", "Two clusters would make one object of the same name."),
    "DG210": Code("nothing to patch", "No object of the cluster has that kind and short name."),
    "DG211": Code("patch does not apply", "The patch does not fit the object it is for."),
    "DG212": Code(
        "no room for the nanny",
        "A worker's nanny restarts it at `terminate`, nine tenths of its memory. It is in the same container; where "
        "the rest does not hold it, the kernel comes first and ends either, and a container may be restarted.",
    ),
    "DG213": Code("no effect without create", "What describes a namespace is rendered with the namespace only."),
    "DG214": Code("not on this platform", "Routes and OpenShift AI exist on OpenShift only."),
    "DG215": Code("waiver without effect", "Nothing breaks the rule any more. The waiver would hide the next finding."),
    "DG216": Code(
        "volume in the way", "Every pod has a scratch volume and the configuration; others need other names."
    ),
    "DG217": Code("variable is taken", "The pod's command rests on the variable."),
    "DG218": Code(
        "too little time to hand over",
        "A worker that is stopped moves its data to its peers first. What it has not moved within its grace period is "
        "lost, and computed again.",
    ),
    "DG219": Code(
        "cannot follow the work",
        "A range of replicas needs somebody who watches the work. The dask-kubernetes operator does, with the group "
        "named default; a Deployment keeps the number it is given.",
    ),
    "DG220": Code("no default group", "The operator makes a group named default with every cluster."),
    "DG221": Code(
        "groups are not scaled down apart",
        "Asked for fewer workers of one group, the operator takes those of the cluster with the least data. Groups "
        "then have other numbers than they should, and keep them (dask/dask-kubernetes#914).",
    ),
    "DG222": Code(
        "operator cannot reach the scheduler",
        "The operator asks the scheduler which workers may go, in plain HTTP at /api/v1. Without an answer it takes "
        "the newest, and waits long before.",
    ),
    "DG223": Code(
        "deleted and made anew",
        "After `idleTimeout` the operator deletes the cluster. Argo CD and Flux make it anew, and so on for ever.",
    ),
    "DG224": Code(
        "operator is elsewhere",
        "The scheduler's policy lets in the namespace that `engine.namespace` names, and daskgen.yaml installs the "
        "operator in another. It would make the pods, and could not ask which of them may go.",
    ),
    "DG225": Code(
        "nobody looks after the cluster",
        "With `scope: namespace` the operator heeds its own namespace alone. Elsewhere a DaskCluster stays as it is, "
        "without pods.",
    ),
    "DG226": Code(
        "dropped without a word",
        "The definitions of the operator's custom resources know the pods and Services of Kubernetes 1.21. Whatever "
        "else is written there, such as a sidecar's `restartPolicy`, `preStop.sleep` or `hostUsers`, the API server "
        "drops when it stores the object, and says nothing; Argo CD then shows a difference for ever.",
    ),
    "DG227": Code(
        "filled in",
        "A default of a custom resource's definition, such as a port's `protocol`, is stored although it was not "
        "written. Argo CD takes that for a difference (argoproj/argo-cd#11074).",
    ),
    "DG230": Code(
        "not for a job",
        "The operator makes a DaskCluster of a DaskJob, with one group of workers, and deletes it when the job ends.",
    ),
    "DG232": Code(
        "two groups of one name",
        "A group of clusters that grows too large is split into NAME-0 and NAME-1. Another group of that name would be "
        "in the way, and so would one that is called like the operator's.",
    ),
    "DG233": Code("not a group's name", "Argo CD and Flux know a group by an object of that name."),
    "DG234": Code("delivery without effect", "What is written has nobody it is for."),
    "DG235": Code(
        "engines do not fit together",
        "Each engine has one folder under overlays/gitops, and all of them share the groups.",
    ),
    "DG236": Code(
        "a split would delete",
        "When a group is split, its Application or Kustomization goes and new ones come. With `cascade` the old one "
        "takes all of its clusters along, unless the new ones happen to be faster.",
    ),
    "DG237": Code(
        "Flux would replace it",
        "With `postBuild`, Flux takes what stands in ${…} for one of its variables, wherever it stands. What is not "
        "defined becomes empty, or makes the whole group fail.",
    ),
    "DG238": Code(
        "removed, and still there",
        "`removed` in daskgen.yaml lets clusters vanish. For one that is there, it takes away the guard.",
    ),
    "DG239": Code(
        "no place to take",
        "`renamedFrom` says that a cluster replaces another, which is then deleted. It can replace one that is gone "
        "from clusters/, and that nobody else replaces.",
    ),
    "DG240": Code(
        "autoscaled and pinned",
        "An autoscaler sets the number of workers as soon as it has looked at the scheduler. What delivers the cluster "
        "ignores the number in Git from then on, and so should who reads it.",
    ),
    "DG301": Code(
        "open scheduler",
        "Dask runs what it is sent: whoever reaches a scheduler without TLS runs code on the workers. Policies still "
        "limit who that is; waive the rule where they are enough.",
    ),
    "DG302": Code(
        "image is not pinned",
        "A tag such as latest names another image tomorrow; scheduler, workers and notebooks then differ.",
    ),
    "DG303": Code(
        "dask with a known hole",
        "CVE-2026-23528 (GHSA-c336-7962-wfj2): a page of the dashboard runs code in the browser's Jupyter. Fixed in "
        "2026.1.1, and in 2025.9.2.",
    ),
    "DG304": Code("dask with a lesser hole", "The dashboard's fallback page has the same flaw before 2026.7.1."),
    "DG305": Code(
        "literal secret",
        "What is committed is public to everybody who can read the repository, for ever. Refer to a Secret instead.",
    ),
    "DG306": Code("removed command", "dask-scheduler, dask-worker and dask-ssh are gone since distributed 2026.6.0."),
    "DG307": Code(
        "packages at start",
        "EXTRA_APT_PACKAGES, EXTRA_CONDA_PACKAGES and EXTRA_PIP_PACKAGES make every pod install software at every "
        "start. That needs root, a writable file system and the internet, and gives other versions each time.",
    ),
    "DG308": Code(
        "Jupyter on the scheduler", "`--jupyter` serves a shell on the dashboard's port, without a password."
    ),
    "DG309": Code("no isolation", "Without NetworkPolicies every pod of the Kubernetes cluster reaches the scheduler."),
    "DG310": Code("pod loosened", "Pod Security `restricted`, which the namespace enforces, refuses such a pod."),
    "DG311": Code(
        "dashboard without TLS",
        "The dashboard shows code, logs and data. Without TLS, so does the network between it and the browser.",
    ),
    "DG312": Code(
        "dashboard can stop workers",
        "The operator needs the scheduler's /api/v1, which asks for no password and shares the dashboard's port.",
    ),
    "DG401": Code("file is missing", "The spec gives a file that is not there. Run `daskgen render`."),
    "DG402": Code("file is changed", "A rendered file is not what the spec gives. Run `daskgen render`."),
    "DG403": Code("file is stale", "A rendered file that the spec does not give any more. Run `daskgen render`."),
    "DG404": Code(
        "file in the way",
        "A file that daskgen did not make stands where it has to write. Move it, or delete it.",
    ),
    "DG405": Code(
        "cluster would vanish",
        "Its overlay is there, and no file under clusters/ gives it any more: one was deleted, or got another name. "
        "Merged, that ends the cluster, with all that runs on it. `daskgen render` therefore writes nothing unless "
        "somebody says that it is meant: `daskgen render --allow-delete NAME`, `removed: [NAME]` in daskgen.yaml, or "
        "`renamedFrom: NAME` in the cluster that replaces it.",
    ),
    "DG406": Code(
        "operator would vanish",
        "daskgen.yaml does not install the operator any more. Its clusters run on, and nobody scales or deletes them. "
        "A DaskCluster that is deleted when the operator is gone hangs for ever at the operator's finalizer. "
        "`daskgen render --allow-delete dask-operator` or `removed: [dask-operator]` in daskgen.yaml says that it is "
        "meant.",
    ),
    "DG501": Code("kustomize fails", "kustomize cannot build the overlay."),
    "DG502": Code(
        "build differs",
        "kustomize builds something else than daskgen expects: the overlay was edited, or daskgen has a bug.",
    ),
    "DG503": Code("not valid", "The object does not fit the schema of the Kubernetes version in daskgen.yaml."),
    "DG601": Code(
        "placeholder",
        "A text such as `<your_namespace>`, `${NAME}` or `{{ .Values.name }}` stands for a value. `daskgen import` "
        "keeps it; the spec does not render before the value stands there.",
    ),
    "DG602": Code(
        "template",
        "The file is a template, and what it makes depends on values that are not in it. Import what the engine makes.",
    ),
    "DG603": Code(
        "indented wrongly",
        "Fields stand in the column of their list's dash. `daskgen import` reads them as fields of the item, as "
        "nothing else can be meant.",
    ),
    "DG604": Code(
        "misplaced or misspelt",
        "Kubernetes ignores fields that it does not know, unless asked to be strict, so that such a manifest works and "
        "does not do what it says. `daskgen import` takes the field where it belongs.",
    ),
    "DG605": Code("not imported", "The object is none of those that are imported. Keep it beside what is rendered."),
    "DG606": Code(
        "port under another's name",
        "Routes and ServiceMonitors find ports by name. The scheduler listens on 8786 and has its dashboard on 8787.",
    ),
    "DG607": Code("nothing to import", "The file holds none of the objects that Dask clusters are made of."),
    "DG608": Code("cannot be imported", "A spec cannot say what the manifests do, nor can a patch."),
    "DG609": Code(
        "cluster is missing",
        "A DaskWorkerGroup or DaskAutoscaler names its DaskCluster. A spec describes them together.",
    ),
    "DG610": Code("wrong shape", "Kubernetes refuses a list where it wants a map, and the like."),
}
