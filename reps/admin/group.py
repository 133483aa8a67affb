"""The roles, as Django groups. Their permissions are restated at each upgrade."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from leadrouter.common.admin import BaseAdmin
from leadrouter.common.roles import ROLE_PERMISSIONS

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, BaseAdmin):  # type: ignore[type-arg, misc]
    """The four roles stay as they are; further groups may be made for special cases."""

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and not (obj is not None and obj.name in ROLE_PERMISSIONS)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and not (obj is not None and obj.name in ROLE_PERMISSIONS)
