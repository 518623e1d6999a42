"""List the findings about manifests that become specs."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

IMPORTING: Mapping[str, Code] = {
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
    "DG611": Code(
        "another program",
        "daskgen renders `dask scheduler` and `dask worker`, with ports, probes, NetworkPolicies and a hand-over that "
        "fit them. Another program, such as dask-cuda-worker or a script, listens elsewhere: it would be killed by its "
        "probes, or closed off by the policies.",
    ),
    "DG612": Code(
        "scheduler elsewhere",
        "The workers join a scheduler that other files make. A spec describes a scheduler and its workers together; to "
        "render a second scheduler would take the workers away from theirs.",
    ),
    "DG613": Code(
        "no scheduler in the files",
        "A spec describes a scheduler and its workers together, so that a scheduler is rendered. If there is one "
        "already, its workers move to the new one.",
    ),
    "DG614": Code(
        "kustomization",
        "A kustomization names files and what to change in them. What it makes can be imported: "
        "`kustomize build FOLDER | daskgen import -`.",
    ),
    "DG615": Code(
        "format of 2022",
        "The first releases of the operator read `image`, `replicas`, `resources` and `env` in the DaskCluster's spec. "
        "Releases since 2022.7 drop these fields. `daskgen import` takes them where they belong today.",
    ),
    "DG616": Code(
        "not a string",
        "Kubernetes refuses a number or a boolean where it wants text, as in the value of an environment variable.",
    ),
    "DG617": Code(
        "Jupyter is not imported",
        "The chart makes a Jupyter server unless `jupyter.enabled` is false. A spec describes the Dask cluster alone.",
    ),
}
