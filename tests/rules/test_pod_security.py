"""Every control of Pod Security `restricted` is held to, in every container, and what guards the pods is not lifted."""

from __future__ import annotations

from typing import Any

import pytest

from support.judging import find_codes, judge, patch_container, patch_pod

HARDENED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}

OF_BOTH: list[tuple[str, Any]] = [
    ("HostProcess", {"windowsOptions": {"hostProcess": True}}),
    ("AppArmor", {"appArmorProfile": {"type": "Unconfined"}}),
    ("SELinux", {"seLinuxOptions": {"type": "spc_t"}}),
    ("SELinux", {"seLinuxOptions": {"user": "system_u"}}),
    ("SELinux", {"seLinuxOptions": {"role": "sysadm_r"}}),
    ("Running as Non-root", {"runAsNonRoot": False}),
    ("Running as Non-root user", {"runAsUser": 0}),
    ("Seccomp", {"seccompProfile": {"type": "Unconfined"}}),
]

OF_CONTAINERS: list[tuple[str, Any]] = [
    ("Privileged Containers", {"securityContext": {"privileged": True}}),
    ("Capabilities", {"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}),
    ("Capabilities", {"securityContext": {"capabilities": {"drop": None}}}),
    ("Capabilities", {"securityContext": {"capabilities": {"drop": ["NET_RAW"]}}}),
    ("Host Ports", {"ports": [{"containerPort": 8788, "hostPort": 80}]}),
    ("/proc Mount Type", {"securityContext": {"procMount": "Unmasked"}}),
    ("Privilege Escalation", {"securityContext": {"allowPrivilegeEscalation": True}}),
    ("Privilege Escalation", {"securityContext": {"allowPrivilegeEscalation": None}}),
    ("Host Probes / Lifecycle Hooks", {"livenessProbe": {"httpGet": {"host": "169.254.169.254"}}}),
    ("Host Probes / Lifecycle Hooks", {"lifecycle": {"postStart": {"tcpSocket": {"host": "localhost", "port": 1}}}}),
]

OF_PODS: list[tuple[str, Any]] = [
    ("Host Namespaces", {"hostNetwork": True}),
    ("Host Namespaces", {"hostPID": True}),
    ("Host Namespaces", {"hostIPC": True}),
    ("Sysctls", {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}),
    *(
        ("Volume Types", {"volumes": [{"name": "more", source: options}]})
        for source, options in (
            ("hostPath", {"path": "/"}),
            ("nfs", {"server": "files", "path": "/"}),
            ("flexVolume", {"driver": "vendor/driver"}),
            ("azureFile", {"secretName": "azure", "shareName": "share"}),
            ("gitRepo", {"repository": "https://git.example.com/a.git"}),
        )
    ),
]


@pytest.mark.parametrize(("title", "context"), OF_BOTH)
def test_a_control_of_pods_and_containers(title: str, context: Any) -> None:
    for patch in (patch_pod(securityContext=context), patch_container(securityContext=context)):
        (problem,) = judge(patch)
        assert problem.code == "DG310"
        assert f"({title})" in problem.message


@pytest.mark.parametrize(("title", "fields"), OF_CONTAINERS)
def test_a_control_of_containers(title: str, fields: Any) -> None:
    (problem,) = judge(patch_container(**fields))
    assert (problem.code, f"({title})" in problem.message) == ("DG310", True)


@pytest.mark.parametrize(("title", "fields"), OF_PODS)
def test_a_control_of_pods(title: str, fields: Any) -> None:
    (problem,) = judge(patch_pod(**fields))
    assert (problem.code, f"({title})" in problem.message) == ("DG310", True)


@pytest.mark.parametrize("field", ["initContainers", "containers"])
def test_every_kind_of_container_is_looked_at(field: str) -> None:
    limits = {"limits": {"cpu": "100m", "memory": "64Mi"}}
    added = {"name": "more", "image": "registry.example.com/more:1.2.3", "resources": limits}
    assert find_codes(patch_pod(**{field: [{**added, "securityContext": HARDENED}]})) == set()
    messages = [problem.message for problem in judge(patch_pod(**{field: [added]}))]
    assert [message.partition(" lacks ")[0] for message in messages] == ["container more"] * 2


def test_pods_of_custom_resources_are_looked_at() -> None:
    for role in ("scheduler", "worker"):
        patch = {"spec": {role: {"spec": {"hostPID": True}}}}
        assert find_codes(("DaskCluster dask", patch), engine="operator") == {"DG310"}


def test_what_a_container_lacks_may_be_set_for_its_pod() -> None:
    bare = {"runAsNonRoot": None, "seccompProfile": None}
    assert find_codes(patch_container(securityContext=bare)) == set()
    pod = {"securityContext": bare, "containers": [{"name": "worker", "securityContext": bare}]}
    assert len(judge(patch_pod(**pod))) == 2


def test_the_old_annotation_names_a_profile_too() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/worker"
    assert find_codes(workers=[{"annotations": {key: "runtime/default"}}]) == set()
    assert find_codes(workers=[{"annotations": {key: "unconfined"}}]) == {"DG310"}


@pytest.mark.parametrize(
    "patch",
    [
        patch_pod(securityContext={"runAsUser": 1000}),
        patch_pod(securityContext={"fsGroup": 1000}),
        patch_container(securityContext={"seLinuxOptions": {"level": "s0:c1,c2"}}),
        patch_container(securityContext={"seccompProfile": {"type": "Localhost", "localhostProfile": "a.json"}}),
    ],
)
def test_openshift_chooses_users_groups_and_labels_itself(patch: tuple[str, Any]) -> None:
    assert find_codes(patch) == set()
    assert find_codes(patch, platform="openshift") == {"DG318"}


def test_no_other_constraint_is_asked_for() -> None:
    workers = [{"annotations": {"openshift.io/required-scc": "privileged"}}]
    assert find_codes(platform="openshift", workers=workers) == {"DG318"}


@pytest.mark.parametrize(
    "namespace",
    [
        {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}},
        {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}},
        {"labels": {"pod-security.kubernetes.io/enforce-version": "v1.19"}},
        {"labels": {"openshift.io/run-level": "0"}},
        {"annotations": {"openshift.io/sa.scc.uid-range": "0/10000"}},
    ],
)
def test_what_guards_the_namespace_is_not_lifted(namespace: Any) -> None:
    (problem,) = judge(namespace={"name": "analytics", "create": True, **namespace})
    assert problem.code == "DG316"


def test_nor_by_a_patch() -> None:
    own = {"namespace": {"name": "analytics", "create": True}}
    assert find_codes(**own) == set()
    labels = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": None}}}
    assert find_codes(("Namespace analytics", labels), **own) == {"DG316"}


@pytest.mark.parametrize(
    "spec",
    [
        {"automountServiceAccountToken": True},
        {"serviceAccountName": "default", "automountServiceAccountToken": None},
        {"volumes": [{"name": "token", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}]},
    ],
)
def test_no_token_is_in_a_pod(spec: Any) -> None:
    assert find_codes(patch_pod(**spec)) == {"DG317"}


def test_a_token_for_somebody_else_is_no_token_for_the_api_server() -> None:
    token = {"path": "token", "audience": "vault"}
    volume = {"name": "token", "projected": {"sources": [{"serviceAccountToken": token}]}}
    assert find_codes(patch_pod(volumes=[volume])) == set()


def test_an_account_of_the_cluster_that_gives_no_token_is_enough() -> None:
    assert find_codes(patch_pod(automountServiceAccountToken=None)) == set()
    both = [
        patch_pod(automountServiceAccountToken=None),
        ("ServiceAccount dask", {"automountServiceAccountToken": True}),
    ]
    assert find_codes(*both) == {"DG317"}
