"""Addresses of the import pages."""

from django.urls import path

from leads.imports import columns_page, fixing, listing, results, upload

urlpatterns = [
    path("imports/", listing.import_list, name="import-list"),
    path("imports/new/", upload.upload, name="import-upload"),
    path("imports/<uuid:public_id>/", results.detail, name="import-detail"),
    path("imports/<uuid:public_id>/columns/", columns_page.columns, name="import-columns"),
    path("imports/<uuid:public_id>/progress/", results.progress, name="import-progress"),
    path("imports/<uuid:public_id>/leads/", results.fates, name="import-fates"),
    path("imports/<uuid:public_id>/to-fix.csv", results.bad_rows_csv, name="import-bad-rows"),
    path("imports/<uuid:public_id>/cancel/", results.cancel, name="import-cancel"),
    path("imports/<uuid:public_id>/undo/", results.undo, name="import-undo"),
    path("imports/<uuid:public_id>/rows/<int:number>/", fixing.fix, name="import-fix-row"),
]
