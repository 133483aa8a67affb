"""Reps and teams over the API."""

from typing import Any

from django.test import Client

from tests.factories import RepFactory, TeamFactory


def test_a_rep_without_an_own_zone_is_shown_in_the_teams(manager_client: Client, rep: Any) -> None:
    rep.team.timezone = "Europe/Berlin"
    rep.team.save()
    shown = manager_client.get(f"/api/v1/reps/{rep.pk}/").json()
    assert (shown["timezone"], shown["team"]) == ("Europe/Berlin", rep.team.slug)


def test_reps_are_filtered_by_team_and_by_what_they_are(manager_client: Client) -> None:
    team = TeamFactory()
    here = RepFactory(team=team)
    RepFactory(team=team, inactive=True)
    RepFactory()
    for query in (f"team={team.slug}&is_active=true", f"slug={here.slug}"):
        results = manager_client.get(f"/api/v1/reps/?{query}").json()["results"]
        assert [row["slug"] for row in results] == [here.slug]
    assert manager_client.get("/api/v1/reps/?is_active=perhaps").status_code == 400
