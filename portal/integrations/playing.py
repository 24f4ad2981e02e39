"""How the twins play a vendor's bad day; what a vendor says in its own words is the twin's."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from portal.integrations.twins import Fault

_PROXY = (
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
)


async def play(fault: Fault, request: Request, answer: Response) -> Response:
    """What is sent instead of `answer` for a fault that is alike for all vendors. Raises KeyError for another one."""
    if fault is Fault.SILENCE:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response(status_code=499)
    if fault is Fault.GARBAGE:
        body = bytes(answer.body)
        return Response(body[: len(body) // 2] or b'{"it', media_type=answer.media_type)
    return {Fault.HTML: HTMLResponse(_PROXY, 502)}[fault]
