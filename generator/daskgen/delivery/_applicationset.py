"""Build an ApplicationSet of Argo CD, which creates the Application of each group.

Facts are those of https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/.
"""

from __future__ import annotations

from daskgen.delivery import GROUPS, Delivery
from daskgen.kubernetes.objects import Object
from daskgen.parts.groups import OPERATOR

BASENAME = "{{.path.basename}}"
"""The template of the group's name."""


def make_set(delivery: Delivery, application: Object) -> Object:
    """Build a set that creates `application`, named by `BASENAME`, for every group but the operator's."""
    meta = application["metadata"]
    metadata = {key: value for key, value in meta.items() if key != "namespace"}
    template = {"metadata": metadata, "spec": application["spec"]}
    directories = [
        {"path": delivery.locate(f"{GROUPS}/*")},
        {"path": delivery.locate(f"{GROUPS}/{OPERATOR}"), "exclude": True},
    ]
    git = {"repoURL": delivery.repository, "revision": delivery.revision, "directories": directories}
    return {
        "apiVersion": application["apiVersion"],
        "kind": "ApplicationSet",
        "metadata": {"name": delivery.name, "namespace": meta["namespace"]},
        "spec": {
            "goTemplate": True,
            # A misspelled name is an error, not an empty text.
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"git": git}],
            # Otherwise each removed Application deletes its clusters, even if a group is only split.
            "syncPolicy": {"preserveResourcesOnDeletion": not delivery.cascades},
            "template": template,
        },
    }
