from django.http import HttpResponse


def workspace(request, **where):
    return HttpResponse("workspace")
