"""The public site map."""

from django.urls import path

from monographs.public import archive, classes, machines, search, updates, views

urlpatterns = [
    path("", views.home, name="home"),
    path("drugs/", views.drugs, name="drugs"),
    path("drugs/<slug:slug>/", views.monograph, name="monograph"),
    path("drugs/<slug:slug>/monograph.json", archive.as_data, name="monograph_json"),
    path("drugs/<slug:slug>/editions/", archive.editions, name="editions"),
    path("drugs/<slug:slug>/editions/compare/", archive.compare_chosen, name="compare_chosen"),
    path("drugs/<slug:slug>/editions/<int:number>/", archive.edition, name="edition"),
    path("drugs/<slug:slug>/editions/<int:one>...<int:other>/", archive.compare_editions, name="compare_editions"),
    path("classes/", classes.classes, name="classes"),
    path("classes/<slug:slug>/", classes.class_page, name="class"),
    path("search/", search.search, name="search"),
    path("updates/", updates.updates, name="updates"),
    path("updates/feed/", updates.feed, name="feed"),
    path("corrections/", updates.corrections, name="corrections"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", machines.sitemap_file, name="sitemap_file"),
    path("robots.txt", machines.robots, name="robots"),
    path("opensearch.xml", machines.opensearch, name="opensearch"),
]
