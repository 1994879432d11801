from django.http import HttpResponse


def review(request, **where):
    return HttpResponse("review")
