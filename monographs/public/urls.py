"""The public site map."""

from django.urls import path

from monographs.public import classes, old_editions, search, sitemaps, updates, views

urlpatterns = [
    path("", views.home, name="home"),
    path("drugs/", views.drugs, name="drugs"),
    path("drugs/<slug:slug>/", views.monograph, name="monograph"),
    path("drugs/<slug:slug>/monograph.json", old_editions.as_data, name="monograph_json"),
    path("drugs/<slug:slug>/editions/", old_editions.editions, name="editions"),
    path("drugs/<slug:slug>/editions/compare/", old_editions.compare_chosen, name="compare_chosen"),
    path("drugs/<slug:slug>/editions/<int:number>/", old_editions.edition, name="edition"),
    path("drugs/<slug:slug>/editions/<int:one>...<int:other>/", old_editions.compare_editions, name="compare_editions"),
    path("classes/", classes.classes, name="classes"),
    path("classes/<slug:slug>/", classes.class_page, name="class"),
    path("search/", search.search, name="search"),
    path("updates/", updates.updates, name="updates"),
    path("updates/feed/", updates.feed, name="feed"),
    path("corrections/", updates.corrections, name="corrections"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemaps.sitemap_file, name="sitemap_file"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("opensearch.xml", sitemaps.opensearch, name="opensearch"),
]
