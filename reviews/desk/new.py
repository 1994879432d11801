from django.http import HttpResponse


def monograph_new(request, **where):
    return HttpResponse("monograph_new")
