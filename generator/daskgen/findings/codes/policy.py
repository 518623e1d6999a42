"""List the findings about limits of the platform team."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

POLICY: Mapping[str, Code] = {
    "DG290": Code(
        "registry not allowed",
        "`policy.registries` in daskgen.yaml lists the registries, or folders in them, that images may come from. "
        "Images in patches and of further containers are checked, too.",
    ),
    "DG291": Code(
        "host not allowed",
        "`policy.hosts` in daskgen.yaml lists the host names that Ingresses, Routes and HTTPRoutes may answer at; "
        "*.example.com is every name below example.com.",
    ),
    "DG292": Code(
        "namespace not allowed", "`policy.namespaces` in daskgen.yaml lists the namespaces that clusters may be in."
    ),
    "DG293": Code(
        "required label missing",
        "`policy.requiredLabels` in daskgen.yaml lists labels that every cluster has to have in `labels`. All pods get "
        "them, so that costs can be attributed.",
    ),
    "DG294": Code(
        "cluster too large",
        "`policy.maxPerCluster` in daskgen.yaml limits what the pods of a cluster may request, with autoscalers "
        "at their maximum.",
    ),
    "DG295": Code(
        "team too large",
        "`policy.maxPerTeam` in daskgen.yaml limits what the clusters of a team may request. Its `label` is the "
        "label of clusters whose value names their team.",
    ),
}
