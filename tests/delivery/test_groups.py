"""How clusters are put into groups, for any fleet: small enough, whatever the order, and still when more come."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from daskgen.parts.groups import MOST_CLUSTERS, MOST_OBJECTS, Group, Member, gather


def make_member(name: str, objects: int = 1, group: str = "team") -> Member:
    return Member(name, f"clusters/{name}.yaml", group, "analytics", "deployments-kubernetes", objects)


def make_members(count: int, objects: int = 1) -> list[Member]:
    return [make_member(f"dask-{index}", objects) for index in range(count)]


def find_places(groups: list[Group]) -> dict[str, str]:
    """The name of each member's group."""
    return {member.name: group.name for group in groups for member in group.members}


names = st.lists(st.from_regex(r"[a-z]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True), unique=True, min_size=1, max_size=9)
sizes = st.lists(st.integers(1, 150), min_size=1, max_size=60)


@st.composite
def fleets(draw: st.DrawFn) -> list[Member]:
    """Few clusters with many objects each, so that groups are split; of two roots."""
    return [
        make_member(f"dask-{index}", size, draw(st.sampled_from(["team", "other"])))
        for index, size in enumerate(draw(sizes))
    ]


def test_a_hundred_clusters_are_one_group() -> None:
    assert [group.name for group in gather(make_members(100, 4))] == ["team"]


def test_one_more_cluster_or_object_splits_the_group() -> None:
    halves = gather(make_members(101))
    assert [(half.name, half.root) for half in halves] == [("team-0", "team"), ("team-1", "team")]
    assert [group.name for group in gather([*make_members(99, 4), make_member("large", 5)])] == ["team-0", "team-1"]


def test_a_half_that_is_too_large_is_split_again() -> None:
    groups = gather(make_members(1000))
    assert {len(group.name) for group in groups} <= {len("team-000"), len("team-0000"), len("team-00000")}
    assert max(len(group.members) for group in groups) <= 100
    assert sum(len(group.members) for group in groups) == 1000


def test_a_cluster_larger_than_any_group_has_one_of_its_own() -> None:
    assert [group.name for group in gather([make_member("huge", 500)])] == ["team"]


@given(fleets())
def test_groups_stay_within_limits(members: list[Member]) -> None:
    for group in gather(members):
        assert len(group.members) <= MOST_CLUSTERS
        assert sum(member.objects for member in group.members) <= MOST_OBJECTS or len(group.members) == 1


@given(fleets(), st.randoms())
def test_order_does_not_matter(members: list[Member], random: Random) -> None:
    shuffled = list(members)
    random.shuffle(shuffled)
    assert gather(shuffled) == gather(members)


@given(fleets())
def test_every_cluster_is_in_one_group_of_those_it_asked_for(members: list[Member]) -> None:
    groups = gather(members)
    assert sorted(member.name for group in groups for member in group.members) == sorted(
        member.name for member in members
    )
    assert all(member.group == group.root for group in groups for member in group.members)


@given(fleets(), names, st.integers(1, 150))
def test_a_new_cluster_moves_others_only_where_it_splits_their_group(
    members: list[Member], new: list[str], objects: int
) -> None:
    before, groups = find_places(gather(members)), list(members)
    for name in new:
        groups.append(make_member(f"new-{name}", objects))
        after = find_places(gather(groups))
        joined = after[f"new-{name}"]
        for cluster, place in before.items():
            # Whoever moved was in the group that the new one would have joined, and that is now split.
            assert after[cluster] == place or (
                joined.startswith(place) and after[cluster].startswith(place) and place not in after.values()
            )
        before = after
