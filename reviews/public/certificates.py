"""The certificate of a publication, at its own address."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from monographs.canonical import canonical, digest_of
from monographs.digest import as_json
from monographs.document import PART_FIELDS, Document
from monographs.models.publication import Publication
from monographs.public.caching import public
from monographs.public.old_editions import gone_as_data
from monographs.standing import Gone, shown, standing
from reviews.audit.certificates import form_of
from reviews.models import Certificate


@public
def certificate(_request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """{"schema", "address", "sealed", "parts", "notices", "jws"}: what was sealed, the kind, key and digest of each
    part of the document whose digest that names, the safety notices that have begun, and the newest of our signatures
    on it (reviews.audit.certificates). So a page can be checked of which parts are withheld, and a notice that has
    ended is told from one that was cut out. 410 once the page was taken down."""
    of_it = Publication.objects.filter(monograph__in=Publication.objects.live().filter(slug=slug).values("monograph"))
    one = of_it.filter(number=number).select_related("document").first()
    newest = Certificate.objects.filter(publication=one).order_by("-id").first()
    if one is None or newest is None:
        raise Http404
    document = one.document.value
    seen = shown(document, standing(one, document))
    if isinstance(seen, Gone):
        return gone_as_data(slug, seen)
    form = {
        "schema": "clincalc-certificate/1",
        "address": settings.SITE_URL + reverse("certificate", args=[slug, number]),
        "sealed": form_of(one),
        "parts": _parts(document),
        "notices": [as_json(one) for one in document.notices if one.has_begun(seen.standing.today)],
        "jws": newest.jws,
    }
    return HttpResponse(canonical(form), content_type="application/json")


def _parts(document: Document) -> list[list[str]]:
    form = as_json(document)
    return [[kind, part["key"], digest_of(part)] for kind, name in PART_FIELDS.items() for part in form.get(name, ())]
