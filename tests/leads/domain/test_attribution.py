import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.attribution import touch_from_url


def test_campaign_parameters_and_click_ids_are_kept_verbatim() -> None:
    touch = touch_from_url(
        "https://example.com/p?utm_source=Google&UTM_Medium=cpc&gclid=Abc&ScCid=s1&sccid=s2&other=1",
        "https://www.google.com/",
    )
    assert touch.utm == {"source": "Google", "medium": "cpc"}
    assert touch.click_ids == {"gclid": "Abc", "ScCid": "s1"}
    assert touch.referrer == "https://www.google.com/"


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "android-app://com.example", "//example.com?utm_source=x",
            "http://[::1", "not a url", "https:///?utm_source=x"],
)  # fmt: skip
def test_only_web_addresses_count(url: str) -> None:
    touch = touch_from_url(url, url)
    assert (touch.landing_url, touch.referrer, touch.utm, touch.click_ids) == ("", "", {}, {})


def test_a_password_in_an_address_is_not_stored() -> None:
    assert (
        touch_from_url("https://u:secret@example.com/a", "").landing_url == "https://example.com/a"
    )


def test_long_addresses_and_values_are_cut() -> None:
    touch = touch_from_url(
        f"https://example.com/?utm_source={'x' * 5000}", "https://e.com/" + "y" * 9000
    )
    assert len(touch.landing_url) <= 2048
    assert len(touch.referrer) <= 2048
    assert len(touch.utm["source"]) == 512


@given(st.text(alphabet=st.characters()), st.text(alphabet=st.characters()))
def test_no_address_breaks_it(query: str, referrer: str) -> None:
    touch = touch_from_url(f"https://example.com/?utm_source={query}", referrer)
    for value in (touch.landing_url, touch.referrer, *touch.utm.values()):
        value.encode("utf-8")
        assert "\x00" not in value
