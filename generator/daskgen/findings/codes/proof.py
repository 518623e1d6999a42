"""List the findings about files on disk, and those of the programs that read them."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

PROOF: Mapping[str, Code] = {
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
    "DG407": Code(
        "copy of a rendered file",
        "daskgen removes a file only if it begins as a rendered file does and a rendered kustomization lists it. This "
        "one is not listed: it is a copy, or was left when a merge was resolved. It is not applied.",
    ),
    "DG501": Code("kustomize fails", "kustomize cannot build the overlay."),
    "DG502": Code(
        "build differs",
        "kustomize builds something else than daskgen expects: the overlay was edited, or daskgen has a bug.",
    ),
    "DG503": Code(
        "not valid",
        "The object does not fit the schema of the Kubernetes version in daskgen.yaml. `daskgen render` says so of "
        "what patches make, and leaves the object as it was; `daskgen check` has kubeconform say it of every object.",
    ),
    "DG504": Code(
        "refused by Kubernetes",
        "Each field is right, and the API server refuses the object: two fields do not fit each other, or an element "
        "of a list is there twice.",
    ),
    "DG505": Code(
        "patch is lost",
        "kustomize makes the ConfigMap `dask` of a file, and names it after what the file holds. Nothing else of a "
        "patch would arrive.",
    ),
}
