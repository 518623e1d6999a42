"""List the findings about security."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

SECURITY: Mapping[str, Code] = {
    "DG301": Code(
        "open scheduler",
        "Dask runs any code that clients send: everyone who can connect to a scheduler or a worker without TLS can run "
        "code there. With `tls`, Dask refuses everyone without a certificate of the cluster's own authority. The "
        "rendered objects are checked, including patches: a Service of type NodePort or LoadBalancer, or with external "
        "addresses, an Ingress or Route to the scheduler's port, and NetworkPolicies that admit everyone, every pod "
        "of every namespace, or more public addresses than one organization has. Policies may still limit who gets "
        "through a Service; waive the rule where they are enough.",
    ),
    "DG302": Code(
        "image is not pinned",
        "A tag such as latest may name another image later; scheduler, workers and notebooks then differ. All images "
        "are checked, including those in patches.",
    ),
    "DG303": Code(
        "dask with a known vulnerability",
        "CVE-2026-23528 (GHSA-c336-7962-wfj2): a page of the dashboard runs code in the browser's Jupyter. Fixed in "
        "2026.1.1, and in 2025.9.2. A tag that looks like a version is read as the version of dask; if it is a "
        "date, set the version that the image contains as `image.dask`: "
        "`image: {name: registry.example.com/team/dask, tag: 2024.06.01, dask: 2026.8.0}`.",
    ),
    "DG304": Code(
        "dask with a minor vulnerability", "The dashboard's fallback page has the same flaw before 2026.7.1."
    ),
    "DG305": Code(
        "literal secret",
        "Everyone who can read the repository can read a committed secret, for ever. Refer to a Secret instead.",
    ),
    "DG306": Code("removed command", "dask-scheduler, dask-worker and dask-ssh were removed in distributed 2026.6.0."),
    "DG307": Code(
        "packages at start",
        "EXTRA_APT_PACKAGES, EXTRA_CONDA_PACKAGES and EXTRA_PIP_PACKAGES make every pod install software at every "
        "start. That needs root, a writable file system and the internet, and gives other versions each time.",
    ),
    "DG308": Code(
        "Jupyter on the scheduler", "`--jupyter` serves a shell on the dashboard's port, without a password."
    ),
    "DG309": Code(
        "no isolation",
        "Without NetworkPolicies every pod of the Kubernetes cluster can connect to the scheduler. "
        "`network.isolation: false` renders none; a patch that changes the policy default-deny, or the labels by "
        "which policies select the pods, does the same.",
    ),
    "DG310": Code(
        "pod loosened",
        "Pod Security `restricted` refuses such a pod. All controls of "
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/ are checked, in every container. Once "
        "this is waived, `namespace.podSecurity` has to name a level that admits the pods (DG323).",
    ),
    "DG311": Code(
        "dashboard without TLS",
        "The dashboard shows code, logs and data. Without TLS, everyone on the network between it and the browser can "
        "read them.",
    ),
    "DG312": Code(
        "dashboard can stop workers",
        "The operator needs the scheduler's /api/v1, which has no password and is on the dashboard's port.",
    ),
    "DG313": Code(
        "open dashboard",
        "The dashboard shows code, logs and data without a password. Name the addresses, pods or namespaces of "
        "the people who use it.",
    ),
    "DG314": Code(
        "policy for pods of others",
        "A NetworkPolicy without the cluster's own labels selects other pods of the namespace too, and cuts them off "
        "from all that it does not admit.",
    ),
    "DG315": Code(
        "Service points elsewhere",
        "Workers and clients find the scheduler by this name. Another host of that name gets their code and data.",
    ),
    "DG316": Code(
        "namespace without Pod Security",
        "The namespace's labels and annotations say what Kubernetes and OpenShift check of its pods. daskgen's pods "
        "need no more than Pod Security `restricted` allows; with a lower level, everyone who may create pods there "
        "gets more rights.",
    ),
    "DG317": Code(
        "token of a service account",
        "Dask does not call the API server. With a token in the pod, everyone who runs code on a worker can, with "
        "the rights of the account.",
    ),
    "DG318": Code(
        "refused on OpenShift",
        "The constraint restricted-v2 gives each namespace a range of users, a group and a label of SELinux. A pod "
        "that names its own is refused, unless its account may use another constraint.",
    ),
    "DG319": Code(
        "target by name",
        "Plain NetworkPolicies admit addresses and pods. Some network plug-ins know names: they read the answers of "
        "DNS and admit the addresses in them. `cni` says which one the Kubernetes cluster has, best in `defaults` of "
        "daskgen.yaml, as it is the same for all clusters there.",
    ),
    "DG320": Code(
        "key that a Secret lacks",
        "A pod that mounts a key of a Secret, or reads a variable from it, does not start while the key is missing. "
        "`secrets` lists the keys of the Secrets that come with a cluster.",
    ),
    "DG330": Code(
        "TLS contradicted",
        "`tls` configures scheduler, workers and clients alike: protocol, certificates, the least version, and that "
        "nothing else is accepted. Another value in `config`, in a variable or in an option lets some of them speak "
        "otherwise. `distributed.comm.tls.ciphers` and `max-version` may be set.",
    ),
    "DG331": Code(
        "exposure needs TLS",
        "A Route and a TLSRoute find the scheduler by the name of the host, which only the first packet of TLS says "
        "(SNI). Dask's clients send it for addresses such as tls://dask.apps.example.com:443.",
    ),
    "DG332": Code(
        "workers outlast their certificates",
        "A worker reads its certificate when it starts. It has to end before that does; at the latest, it started "
        "when renewBefore was left of it.",
    ),
    "DG322": Code(
        "volume refused on OpenShift",
        "The constraint restricted-v2 admits no azureFile, nfs and hostPath volumes, whatever the reason. A claim or a "
        "CSI driver gives the same files.",
    ),
    "DG323": Code(
        "namespace refuses pods",
        "azureFile and nfs need a namespace that enforces Pod Security baseline, hostPath one that enforces "
        "privileged. The cluster that creates the namespace sets the level, by default what its own volumes need. "
        "A waiver of DG310 does not change the level: pods that need a lower one are refused until "
        "`namespace.podSecurity` says so.",
    ),
}
