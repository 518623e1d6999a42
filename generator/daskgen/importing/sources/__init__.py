"""Draft clusters from each kind of source: objects of the operator, plain manifests, and values of the Helm chart."""
