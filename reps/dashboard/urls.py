"""Addresses of the portal: entrance, a rep's day, leads."""

from django.urls import path

from reps.dashboard import actions, adding, board, entrance, leads, turns

urlpatterns = [
    path("", entrance.home, name="home"),
    path("login/", entrance.SignInView.as_view(), name="login"),
    path("logout/", entrance.SignOutView.as_view(), name="logout"),
    path("my/", board.my_day, name="my-day"),
    path("my/board/", board.board, name="my-board"),
    path("my/availability/", board.switch_availability, name="my-availability"),
    path("my/turns/", turns.my_turns, name="my-turns"),
    path("turns/<slug:slug>/", turns.rep_turns, name="rep-turns"),
    path("leads/", leads.lead_list, name="lead-list"),
    path("leads/add/", adding.add_lead, name="lead-add"),
    path("leads/added/<uuid:public_id>/", adding.lead_added, name="lead-added"),
    path("leads/<uuid:public_id>/", leads.lead_page, name="lead-page"),
    path("leads/<uuid:public_id>/claim/", actions.claim, name="lead-claim"),
    path("leads/<uuid:public_id>/accept/", actions.accept, name="lead-accept"),
    path("leads/<uuid:public_id>/decline/", actions.decline, name="lead-decline"),
    path("leads/<uuid:public_id>/touch/", actions.touch, name="lead-touch"),
    path("leads/<uuid:public_id>/close/", actions.close, name="lead-close"),
]
