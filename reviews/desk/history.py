from django.http import HttpResponse


def history(request, **where):
    return HttpResponse("history")
