"""Draft clusters from each kind of source: the operator's objects, plain manifests, and values of the Helm chart."""
