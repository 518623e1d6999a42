"""List the findings about fields that contradict each other, or do not have the effect that they seem to have."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

RULES: Mapping[str, Code] = {
    "DG201": Code("two clusters of one name", "Overlays and objects are named after their cluster."),
    "DG202": Code("node port taken", "Every node port exists once in a Kubernetes cluster, for all namespaces."),
    "DG203": Code(
        "host and path taken",
        "Two Ingresses or Routes have the same host and path, so it is not defined which one answers.",
    ),
    "DG204": Code("name too long", "Kubernetes allows 63 characters for names of Services and pods and for labels."),
    "DG205": Code(
        "threads are not whole",
        "`cpu` gives the number of threads. Dask takes whole numbers only (`dask worker --nthreads`).",
    ),
    "DG206": Code(
        "spill does not fit",
        "Dask spills to the scratch volume. A pod that fills its volume is evicted, with all that it holds.",
    ),
    "DG207": Code("two groups of one name", "Objects of worker groups are named after their group."),
    "DG208": Code(
        "namespace created twice",
        "Two overlays that hold one namespace overwrite each other's labels, and deleting one cluster deletes the "
        "namespace of both.",
    ),
    "DG209": Code("objects collide", "Two clusters render an object of the same kind, name and namespace."),
    "DG210": Code("nothing to patch", "No object of the cluster has that kind and short name."),
    "DG211": Code("patch does not apply", "The patch does not fit the object it is for."),
    "DG212": Code(
        "no room for the nanny",
        "A worker's nanny restarts it at `terminate`, nine tenths of its memory. The nanny runs in the same container. "
        "If the rest of the memory is too small for it, the kernel kills a process first, and the container may "
        "restart.",
    ),
    "DG213": Code(
        "no effect without create",
        "Labels, annotations and `rhods` of a namespace are rendered only if the namespace is.",
    ),
    "DG214": Code("not on this platform", "Routes and OpenShift AI exist on OpenShift only."),
    "DG215": Code(
        "waiver without effect", "The cluster does not break the rule. The waiver would hide a later finding."
    ),
    "DG216": Code(
        "volume in the way",
        "Every pod has a scratch volume and the configuration; other volumes need other names and paths.",
    ),
    "DG217": Code("variable is taken", "daskgen sets the variable, and the pod's command depends on it."),
    "DG218": Code(
        "too little time to hand over",
        "A worker that is stopped first moves its data to its peers; daskgen expects 320 MiB/s. Data that it has not "
        "moved within its grace period is lost and computed again.",
    ),
    "DG219": Code(
        "cannot follow the work",
        "A range of replicas needs an autoscaler. The dask-kubernetes operator has one, for the group named default. "
        "For Deployments it is KEDA, whose API has to be there: `autoscaler: keda` says that it is. `autoscaler: "
        "external` leaves the number to a HorizontalPodAutoscaler or another controller that is not in the spec.",
    ),
    "DG220": Code("no default group", "The operator creates a group named default with every cluster."),
    "DG221": Code(
        "groups are not scaled down apart",
        "To scale down one group, the operator removes the workers with the least data in the whole cluster. Groups "
        "then have other numbers of workers than their `replicas`, and keep them (dask/dask-kubernetes#914).",
    ),
    "DG222": Code(
        "operator cannot reach the scheduler",
        "The operator asks the scheduler which workers to remove, by HTTP at /api/v1. Without an answer it waits a "
        "long time, and then removes the newest.",
    ),
    "DG223": Code(
        "deleted and recreated",
        "After `idleTimeout` the operator deletes the cluster, and Argo CD or Flux creates it again, endlessly.",
    ),
    "DG224": Code(
        "operator is elsewhere",
        "The scheduler's policy admits the namespace in `engine.namespace`, and daskgen.yaml installs the operator in "
        "another. It would create the pods, and could not ask the scheduler which of them to remove.",
    ),
    "DG225": Code(
        "no operator reconciles the cluster",
        "With `scope: namespace` the operator reconciles its own namespace only. In another, a DaskCluster gets no "
        "pods.",
    ),
    "DG226": Code(
        "dropped silently",
        "The definitions of the operator's custom resources contain the pods and Services of Kubernetes 1.21. The API "
        "server silently drops other fields, such as a sidecar's `restartPolicy`, `preStop.sleep` or `hostUsers`, when "
        "it stores the object; Argo CD then always shows a difference.",
    ),
    "DG227": Code(
        "filled in",
        "A default of a custom resource's definition, such as a port's `protocol`, is stored although it is not in "
        "the manifest. Argo CD shows that as a difference (argoproj/argo-cd#11074).",
    ),
    "DG230": Code(
        "not for a job",
        "The operator creates a DaskCluster for a DaskJob, with one group of workers, and deletes it when the job "
        "ends.",
    ),
    "DG232": Code(
        "two groups of one name",
        "A group of clusters that grows too large is split into NAME-0 and NAME-1. Another group must not have "
        "such a name, nor that of the operator's group.",
    ),
    "DG233": Code(
        "not a group's name", "Argo CD and Flux have an object of that name for the group, so it must be a valid name."
    ),
    "DG234": Code(
        "delivery without effect",
        "The field has no effect: no engine delivers the fleet, or no cluster is in that group.",
    ),
    "DG235": Code(
        "engines do not fit together",
        "Each engine has one folder under overlays/gitops, and all of them share the groups.",
    ),
    "DG236": Code(
        "a split would delete",
        "When a group is split, its Application or Kustomization is deleted and new ones are created. With `cascade`, "
        "the deletion deletes all of its clusters, unless the new ones take them over in time.",
    ),
    "DG237": Code(
        "Flux would replace it",
        "With `postBuild`, Flux replaces ${…} by the value of a variable, in every field. A variable that is not "
        "defined becomes empty, or makes the whole group fail.",
    ),
    "DG238": Code(
        "removed, and still there",
        "`removed` in daskgen.yaml allows a cluster to be deleted. For one that exists, it switches off the guard.",
    ),
    "DG239": Code(
        "nothing to replace",
        "`renamedFrom` says that a cluster replaces another, which is then deleted. It must name one that is "
        "gone from clusters/, and that no other cluster replaces.",
    ),
    "DG242": Code(
        "request over limit",
        "Kubernetes refuses a pod that requests more of a resource than its limit. The scratch volume counts towards "
        "the limit of ephemeral-storage: a pod that fills a larger volume is evicted.",
    ),
    "DG243": Code(
        "amount that Kubernetes does not take",
        "GPUs, huge pages and other extended resources are not shared: Kubernetes takes no request of them without an "
        "equal limit, and counts extended resources in whole numbers.",
    ),
    "DG244": Code(
        "program of the workers does not fit",
        "`dask cuda worker` runs one worker with a nanny for each NVIDIA GPU of its pod, and has no lifetime. Its "
        "ports can be fixed since dask-cuda 26.06. `dask worker` counts the GPUs of a pod as Dask's resource GPU, in "
        "equal shares for its processes.",
    ),
    "DG245": Code(
        "versions of dask differ",
        "Scheduler, workers and clients send each other Python objects and messages of their own version. With several "
        "versions, tasks fail when they are read, or hang. The version is that of the tag, or `dask` beside it.",
    ),
    "DG273": Code(
        "lock that does not fit",
        "With `install: start`, pods install exactly the packages of `packages.lock`. Those of `packages.pip` are what "
        "people edit and read: the lock has them in the same versions. Dask itself stays that of the image.",
    ),
    "DG274": Code(
        "index that pods do not reach",
        "NetworkPolicies know addresses and pods, and no host names. `packages.index.egress` says where the index is; "
        "`network.egress` may, too. Files of PyPI are at files.pythonhosted.org, whose addresses change: an index of "
        "one's own, or a proxy, has addresses to name.",
    ),
    "DG275": Code(
        "no room for packages",
        "Packages that are installed when pods start are on the scratch volume, `packages.size` of it, which Dask "
        "leaves free. A pod whose scratch volume is full is evicted.",
    ),
    "DG277": Code(
        "scheduler in a queue",
        "Kueue lets a pod start when the quota of its queue has room. Workers that are admitted then wait for a "
        "scheduler, or a job, that is not, and keep the quota that it waits for. `queue` is a field of workers alone; "
        "labels of the cluster and patches can put other pods into a queue, too.",
    ),
    "DG278": Code(
        "scheduler that is elsewhere",
        "With `scheduler.address`, workers join a scheduler that exists, and none is rendered: there is nothing to "
        "expose, to monitor or to connect to. Policies have to let workers reach it, and it them, on the workers' "
        "ports: `scheduler.peers` says where it is, unless the address is that of a Service or an IP address.",
    ),
    "DG276": Code(
        "packages that the image does not hold",
        "`packages` says what the image holds besides Dask. `daskgen image NAME` writes a Containerfile for it, the "
        "commands that build and push the image, and the edit of the spec. Pods install packages themselves only with "
        "`install: start`, from a lock with the hash of each.",
    ),
    "DG246": Code(
        "option that Dask does not have",
        "`args` are added to the command of scheduler or workers. They are parsed by click, with the options of the "
        "distributed that daskgen is made for; a process with an unknown option ends at once. Waive the rule "
        "where the image holds another version that has the option.",
    ),
    "DG247": Code(
        "option that daskgen sets",
        "Ports, names and amounts are fixed in the command, because policies, probes and the hand-over rely on them. "
        "Most have a field: nthreads is `threads`, nworkers is `processes`, memory-limit is `memory`.",
    ),
    "DG248": Code(
        "several workers in a pod of the operator",
        "The operator knows a Deployment by the name of its one worker: it retires workers by that name and then "
        "deletes the Deployment. With several processes it finds none of them, and deletes pods that hold data.",
    ),
    "DG240": Code(
        "autoscaled and pinned",
        "An autoscaler sets the number of workers as soon as it has asked the scheduler. Delivery engines then ignore "
        "the number in Git.",
    ),
    "DG241": Code(
        "not recreated",
        "`update: recreate` marks a cluster of the operator so that Argo CD deletes and recreates it at every "
        "edit. Flux has no such mark, and its `force` applies only to changes that the API server refuses: none here.",
    ),
    "DG260": Code(
        "the node port is still taken",
        "The API server refuses a Service whose node port another Service has. Delivery engines apply all of a group "
        "before they prune. If a cluster is renamed or moved to another namespace and keeps its node port, the new "
        "Service is refused, and the old cluster is never pruned. `render` finds this while the files of the "
        "previous commit are on disk; `daskgen plan` finds it between commits.",
    ),
    "DG261": Code(
        "retired controller",
        "The Kubernetes project retired ingress-nginx: it gets no releases and no security fixes since March 2026. "
        "Other controllers take its place, some of which read its annotations, or Gateway API does (`kind: gateway`). "
        "F5's controller of the class nginx is another one: set `controllerNamespace` to its namespace.",
    ),
    "DG270": Code(
        "autoscaler beside another group",
        "To remove idle workers, the operator's autoscaler asks the scheduler for those of the whole cluster and "
        "deletes their Deployments. Another group thereby loses its workers within minutes, and the operator creates "
        "them again only when that group's `replicas` changes (dask/dask-kubernetes#914). Waive it where a scheduler "
        "plugin keeps the other group, by `valid_workers_downscaling`.",
    ),
    "DG280": Code(
        "Service selects other pods",
        "A Service sends connections to the pods that have every label of its selector. Patched, the selector may "
        "match no pod of the cluster, or pods of another kind. Workers and clients then reach no scheduler.",
    ),
    "DG281": Code(
        "port that does not exist",
        "Services, Ingresses, Routes and probes name ports of containers or of Services. Where the port does not "
        "exist, a Service or front end sends connections nowhere, and the kubelet restarts the container. The Service "
        "of the scheduler needs both its ports: 8786 for workers and clients, 8787 for the dashboard.",
    ),
    "DG282": Code(
        "worker without scheduler address",
        "Workers and jobs find the scheduler by the variable DASK_SCHEDULER_ADDRESS, and workers hand their data "
        "over by it before they stop. A variable to which it refers, as $(NAME), must be set before it.",
    ),
    "DG283": Code(
        "policies block the cluster",
        "A policy that denies what other policies do not allow cuts the cluster off from itself. Workers have to reach "
        "the scheduler on port 8786, and scheduler and workers have to reach each worker on port 8789. Both the policy "
        "of the caller (egress) and that of the pod that is called (ingress) have to allow it.",
    ),
    "DG284": Code(
        "policies block DNS",
        "Workers look the scheduler's Service up in DNS. Policies have to allow UDP to the DNS pods: port 53 in the "
        "namespace kube-system, or port 5353 in openshift-dns on OpenShift. Waive it where DNS pods are elsewhere.",
    ),
    "DG285": Code(
        "drain blocked",
        "`kubectl drain`, upgrades of nodes and cluster autoscalers evict pods, and wait as long as a "
        "PodDisruptionBudget refuses. One that lets no pod be evicted, such as `minAvailable: 1` for the one pod of a "
        "scheduler, blocks them until somebody deletes the pod. Pods that two budgets select are never evicted.",
    ),
    "DG286": Code(
        "budget without pods",
        "A PodDisruptionBudget that selects no pod limits nothing: a drain may evict all workers at once, before the "
        "others can take over their data.",
    ),
    "DG287": Code(
        "dropped by this version of Kubernetes",
        "Fields of features that are not on by default yet are known to the API server, which drops them without a "
        "word: the pod runs without what the spec asks for. Feature gates of the API server turn them on.",
    ),
    "DG250": Code(
        "TLS by hand",
        "Without the field `tls`, scheduler, workers and clients speak tcp://, and probes ask in HTTP. Configuration, "
        "variables or options that turn on TLS reach a part of them: the scheduler then refuses the workers, or the "
        "kubelet restarts pods whose probes fail. `tls` changes certificates, addresses, probes and clients together. "
        "Waive the rule where patches do.",
    ),
    "DG251": Code(
        "too small to start",
        "Measured with distributed 2026.8.0 under the kernel's limit: a scheduler without work is killed in a "
        "container of 56 MiB and runs in one of 64; a worker with its nanny is killed at 104 MiB and runs in 112. "
        "Quantities without a unit are bytes: `memory: 8` is eight bytes, `8Gi` is not.",
    ),
    "DG252": Code("number of replicas", "Patches may ask for no more pods than the spec's own field may."),
    "DG253": Code(
        "container without limits",
        "A container beside Dask's has no limit of cores or memory. It may take what Dask needs: the kernel then "
        "kills the worker, or evicts the pod from its node. Amounts are not guessed. Waive the rule where a LimitRange "
        "of the namespace sets them.",
    ),
    "DG254": Code(
        "container beside a job",
        "The operator deletes the cluster of a job when the job's pod has ended, and that ends with the last of its "
        "containers. Native sidecars would end with the job, but the operator's definitions drop their restartPolicy.",
    ),
    "DG255": Code(
        "init container that never ends",
        "Init containers run one after another, and Dask starts when all have ended. One that serves for as long as "
        "the pod runs needs `restartPolicy: Always`, which makes it a native sidecar (Kubernetes 1.29 and later).",
    ),
    "DG256": Code(
        "shm as large as the memory",
        "The volume that `shm` gives is in memory. What processes write there counts against the memory limit of their "
        "container, which the kernel kills when the limit is reached. Dask does not see it as memory of the worker.",
    ),
    "DG258": Code(
        "quota does not fit",
        "The clusters of the fleet in a namespace that one of them creates ask for more than its ResourceQuota has. "
        "Pods, their requests and limits, claims and Services are added up; of other resources Kubernetes decides. An "
        "error is what does not fit at all, a warning what does not fit with all workers there may be, or while an "
        "edit rolls out: the API server refuses pods then. It also refuses pods whose containers set no amount of a "
        "resource that the quota has.",
    ),
    "DG259": Code(
        "limit range does not fit",
        "The API server refuses containers, pods and claims that are larger or smaller than the LimitRange of their "
        "namespace allows, or pods without a limit where it has a most. All clusters of the fleet in a namespace that "
        "one of them creates are checked.",
    ),
    "DG257": Code(
        "claims do not fit",
        "A claim that the spec creates has the name of the cluster, a hyphen, and the name of its volume. Its parts "
        "share it by writing the same `create` under the same volume name, or its full name in claimName; other "
        "clusters by its full name. Pods on several nodes can share one only with ReadOnlyMany or ReadWriteMany.",
    ),
}
