"""List the findings about manifests that are imported."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

IMPORTING: Mapping[str, Code] = {
    "DG601": Code(
        "placeholder",
        "A text such as `<your_namespace>`, `${NAME}` or `{{ .Values.name }}` stands for a value. `daskgen import` "
        "keeps it; the spec does not render until it is replaced by the value.",
    ),
    "DG602": Code(
        "template",
        "The file is a template, and its result depends on values that are not in it. Import the rendered manifests.",
    ),
    "DG603": Code(
        "indented wrongly",
        "Fields are indented like the dash of their list. `daskgen import` reads them as fields of the element.",
    ),
    "DG604": Code(
        "misplaced or misspelt",
        "Kubernetes ignores fields that it does not know, unless validation is strict: such a manifest is accepted, "
        "and the field has no effect. `daskgen import` moves the field to where it belongs.",
    ),
    "DG605": Code(
        "not imported", "Objects of this kind are not imported. Keep the manifest beside the rendered files."
    ),
    "DG606": Code(
        "port under another's name",
        "Routes and ServiceMonitors find ports by name. The scheduler listens on 8786 and has its dashboard on 8787.",
    ),
    "DG607": Code("nothing to import", "The file holds no object of a Dask cluster."),
    "DG608": Code("cannot be imported", "Neither a spec nor a patch can express what the manifests do."),
    "DG609": Code(
        "cluster is missing",
        "A DaskWorkerGroup or DaskAutoscaler names its DaskCluster. A spec describes them together.",
    ),
    "DG610": Code("wrong shape", "Kubernetes refuses a value of another type, such as a list instead of a map."),
    "DG611": Code(
        "another program",
        "daskgen renders `dask scheduler` and `dask worker`, with ports, probes, NetworkPolicies and a hand-over that "
        "fit them. Another program, such as dask-cuda-worker or a script, listens on other ports: probes would "
        "kill it, or policies would block it.",
    ),
    "DG612": Code(
        "scheduler elsewhere",
        "The values of the chart create workers and no scheduler. The address in `custom_scheduler_url` becomes "
        "`scheduler.address`; without it, or with several, the scheduler that the workers join is not known.",
    ),
    "DG613": Code(
        "workers without a scheduler",
        "The files hold workers and no scheduler. Where the workers name the address of one, the spec has it in "
        "`scheduler.address`: they join it, and none is rendered. Otherwise a scheduler is rendered for them.",
    ),
    "DG614": Code(
        "kustomization",
        "A kustomization names files and what to change in them. Its result can be imported: "
        "`kustomize build FOLDER | daskgen import -`.",
    ),
    "DG615": Code(
        "format of 2022",
        "The first releases of the operator read `image`, `replicas`, `resources` and `env` in the DaskCluster's spec. "
        "Releases since 2022.7 drop these fields. `daskgen import` moves them to where they belong today.",
    ),
    "DG616": Code(
        "not a string",
        "Kubernetes refuses a number or a boolean instead of text, as in the value of an environment variable.",
    ),
    "DG617": Code(
        "Jupyter is not imported",
        "The chart creates a Jupyter server unless `jupyter.enabled` is false. `notebooks` of a "
        "spec asks for a Secret of your own instead, as the chart's default password is known to everyone.",
    ),
    "DG618": Code(
        "a hub's value",
        "The values of a JupyterHub hold passwords and tokens, for which a spec names Secrets, so they do not become a "
        "file by themselves. Each value is named with its field in a file of `kind: JupyterHub`, whose users create "
        "clusters by KubeCluster, or in the `notebooks` of a cluster that they share.",
    ),
}
