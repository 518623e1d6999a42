"""An ApplicationSet of Argo CD that makes an Application of each group, instead of one rendered for each.

Facts are those of https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/.
"""

from __future__ import annotations

from daskgen.delivery import GROUPS, Delivery
from daskgen.kubernetes.objects import Object
from daskgen.parts.groups import OPERATOR

BASENAME = "{{.path.basename}}"
"""Becomes the name of the group."""


def make_set(delivery: Delivery, application: Object) -> Object:
    """Build a set that makes an Application, which has `BASENAME` for its name, of every group but the operator's."""
    meta = application["metadata"]
    template = {"metadata": {key: it for key, it in meta.items() if key != "namespace"}, "spec": application["spec"]}
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
            # A name that is empty would be worse than none.
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"git": git}],
            # Otherwise each Application takes its clusters along, also in a split.
            "syncPolicy": {"preserveResourcesOnDeletion": not delivery.cascades},
            "template": template,
        },
    }
