"""How the admin looks. What it shows is in site.py, which may import models; settings may not."""

from typing import Any

from django.templatetags.static import static

# The portal's palette (static/portal/css/portal.css): one product, one colour.
ACCENT = {
    "50": "#effaf8",
    "100": "#d3f1ec",
    "200": "#a8e2da",
    "300": "#73ccc1",
    "400": "#3fb0a4",
    "500": "#1f958a",
    "600": "#0d7a70",
    "700": "#0c625b",
    "800": "#0e4f4a",
    "900": "#0f413d",
    "950": "#042523",
}
INK = {
    "50": "#f4f6f7",
    "100": "#e9edef",
    "200": "#d8dfe3",
    "300": "#b6c1c8",
    "400": "#8494a0",
    "500": "#5c6c79",
    "600": "#465561",
    "700": "#34414c",
    "800": "#222c35",
    "900": "#131a21",
    "950": "#0c1117",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "leadrouter",
    "SITE_HEADER": "leadrouter",
    "SITE_SUBHEADER": "Every lead, its rep, and why",
    "SITE_URL": "/",
    "SITE_SYMBOL": "alt_route",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("portal/img/favicon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {"base": INK, "primary": ACCENT},
    "STYLES": [lambda request: static("admin_theme/admin.css")],
    "DASHBOARD_CALLBACK": "leadrouter.site.fill_home",
    "SIDEBAR": {
        "show_search": False,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "leadrouter.site.list_navigation",
    },
}
