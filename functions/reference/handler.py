"""`reference`: the interface's document and a page to read it, for everybody; the page asks nothing of any other host."""

from functions.reference.page import content_security_policy, document, page
from regulars.aws.http import HttpApp, RawReply, Routes
from regulars.kernel.policy import Action

routes = Routes()

_CACHED = {"Cache-Control": "public, max-age=300"}


@routes.get("/v1/openapi.json", Action.READ_PUBLIC, summary="This document")
def get_openapi() -> RawReply:
    """The OpenAPI 3.1 document of this interface."""
    return RawReply("application/json", document(), headers=_CACHED)


@routes.get("/docs", Action.READ_PUBLIC, summary="A page to read this document")
def get_reference_page() -> RawReply:
    """Every operation with its parameters, bodies, answers and errors, as a page in English and Chinese."""
    headers = {**_CACHED, "Content-Security-Policy": content_security_policy(), "X-Content-Type-Options": "nosniff"}
    return RawReply("text/html; charset=utf-8", page(), headers=headers)


app = HttpApp("reference", routes)
lambda_handler = app.lambda_handler
