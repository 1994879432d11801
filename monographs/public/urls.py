"""The public site map."""

from django.urls import path, register_converter

from monographs.public import classes, old_editions, search, sitemaps, updates, views


class Number:
    """A number as we print it: no page has a second address by zeros before it."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Number, "number")

urlpatterns = [
    path("", views.home, name="home"),
    path("drugs/", views.drugs, name="drugs"),
    path("drugs/<slug:slug>/", views.monograph, name="monograph"),
    path("drugs/<slug:slug>/monograph.json", old_editions.as_data, name="monograph_json"),
    path("drugs/<slug:slug>/editions/", old_editions.editions, name="editions"),
    path("drugs/<slug:slug>/editions/compare/", old_editions.compare_chosen, name="compare_chosen"),
    path("drugs/<slug:slug>/editions/<number:number>/", old_editions.edition, name="edition"),
    path(
        "drugs/<slug:slug>/editions/<number:one>...<number:other>/",
        old_editions.compare_editions,
        name="compare_editions",
    ),
    path("classes/", classes.classes, name="classes"),
    path("classes/<slug:slug>/", classes.class_page, name="class"),
    path("search/", search.search, name="search"),
    path("updates/", updates.updates, name="updates"),
    path("updates/feed/", updates.feed, name="feed"),
    path("corrections/", updates.corrections, name="corrections"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<number:number>.xml", sitemaps.sitemap_file, name="sitemap_file"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("opensearch.xml", sitemaps.opensearch, name="opensearch"),
]
