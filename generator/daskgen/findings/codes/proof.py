"""List the findings about files on disk, and those of kustomize and kubeconform."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

PROOF: Mapping[str, Code] = {
    "DG401": Code("file is missing", "A file that the specs render does not exist. Run `daskgen render`."),
    "DG402": Code("file is changed", "A rendered file differs from what the specs render. Run `daskgen render`."),
    "DG403": Code("file is stale", "The specs no longer render this file. Run `daskgen render`."),
    "DG404": Code(
        "path is taken",
        "A file that daskgen did not write has the path of a rendered file. Move it, or delete it.",
    ),
    "DG405": Code(
        "cluster would be deleted",
        "Its overlay exists, but no file under clusters/ describes it any more: it was deleted or renamed. Once "
        "merged, this deletes the cluster and all that runs on it. `daskgen render` therefore writes nothing unless "
        "the deletion is confirmed: `daskgen render --allow-delete NAME`, `removed: [NAME]` in daskgen.yaml, or "
        "`renamedFrom: NAME` in the cluster that replaces it.",
    ),
    "DG406": Code(
        "operator would be deleted",
        "daskgen.yaml no longer installs the operator. Its clusters keep running, and are not scaled or "
        "deleted. A DaskCluster that is deleted without the operator stays in deletion, because of the operator's "
        "finalizer. `daskgen render --allow-delete dask-operator` or `removed: [dask-operator]` in daskgen.yaml "
        "confirms the deletion.",
    ),
    "DG407": Code(
        "copy of a rendered file",
        "daskgen removes a file only if it begins as a rendered file does and a rendered kustomization lists it. This "
        "one is not listed: it is a copy, or was left when a merge was resolved. It is not applied.",
    ),
    "DG357": Code(
        "digest is behind its tag",
        "`daskgen check --digests` asks the registries: the tag was pushed again after its digest was written into the "
        "spec. The pods run what the digest says. `daskgen pin` takes the new one; read what changed first.",
    ),
    "DG358": Code(
        "image is not in its registry",
        "The registry does not have the tag or the digest, so that nodes without the image cannot start pods.",
    ),
    "DG359": Code(
        "registry does not answer",
        "Registries are asked as the user that docker is logged in as, by its config.json (DOCKER_CONFIG names its "
        "folder) and its credential helpers. Only a registry on the same machine may be without TLS. "
        "REQUESTS_CA_BUNDLE names a file of authorities that are trusted.",
    ),
    "DG501": Code("kustomize fails", "kustomize cannot build the overlay."),
    "DG502": Code(
        "build differs",
        "kustomize does not build what daskgen expects: the overlay was edited, or daskgen has a bug.",
    ),
    "DG503": Code(
        "not valid",
        "The object does not fit the schema of the Kubernetes version in daskgen.yaml. `daskgen render` checks the "
        "objects that a patch changes, and does not apply such a patch; `daskgen check` checks every object by "
        "kubeconform.",
    ),
    "DG504": Code(
        "refused by Kubernetes",
        "Each field is valid, but the API server refuses the object: two fields contradict each other, or a list "
        "contains an element twice.",
    ),
    "DG505": Code(
        "patch has no effect",
        "kustomize generates the ConfigMap `dask` from a file, and adds a hash of the file to its name. Other changes "
        "of a patch would be lost.",
    ),
}
