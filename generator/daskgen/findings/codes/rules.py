"""List the findings about fields that do not fit together, or have another effect than they seem to."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

RULES: Mapping[str, Code] = {
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
        "A worker that is stopped moves its data to its peers first, at 320 MiB/s as daskgen expects. What it has not "
        "moved within its grace period is lost, and computed again.",
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
    "DG241": Code(
        "nobody makes it anew",
        "`update: recreate` marks a cluster of the operator so that Argo CD deletes it and makes it anew with every "
        "edit. Flux knows no such mark, and its `force` acts only on what the API server refuses: nothing here.",
    ),
    "DG260": Code(
        "the node port is still taken",
        "The API server refuses a Service whose node port another Service has. Delivery engines apply all of a group "
        "before they delete what is gone from it, so that a rename, or another namespace, in which the new cluster "
        "keeps the port of the old never gets there: nothing is deleted, and the new cluster is not complete. Found "
        "while the files of the commit before are on disk; `daskgen plan` finds it between commits.",
    ),
    "DG270": Code(
        "autoscaler beside another group",
        "To remove idle workers, the operator's autoscaler asks the scheduler for those of the whole cluster and "
        "deletes their Deployments. Another group so loses its workers within minutes, and the operator creates them "
        "again only when that group's `replicas` changes (dask/dask-kubernetes#914). Waive it where a scheduler plugin "
        "keeps the other group, by `valid_workers_downscaling`.",
    ),
}
