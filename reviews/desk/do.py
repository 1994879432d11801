from django.http import HttpResponse


def do(request, **where):
    return HttpResponse("do")
