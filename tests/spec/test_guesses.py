"""Words of Kubernetes, Helm and Argo CD lead to the fields that are meant."""

from __future__ import annotations

from daskgen.spec.guesses import FORMS, GUESSES, guess


def test_the_field_that_a_map_has_is_meant() -> None:
    assert guess("minimum", ["min", "max"]) == "did you mean min?"
    assert guess("minimum", ["replicas"]).startswith("write replicas: NUMBER")
    assert guess("repoURL", ["repository", "branch"]) == "did you mean repository?"
    assert guess("repoURL", ["replicas"]) == guess("anything", ["replicas"]) == ""


def test_each_form_is_that_of_a_field_with_other_names() -> None:
    assert FORMS.keys() <= GUESSES.keys()
    assert not any(field in names for field, names in GUESSES.items())
