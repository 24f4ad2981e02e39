"""The renderer's child process: HTML in on stdin, PDF out on stdout, until stdin ends.

Started by `renderer.py` as `python -m portal.labels.child <bytes of memory>`. It keeps prepared fonts and styles
between documents, and it can be killed at any moment: it holds nothing that anyone else needs.
"""

import gc
import json
import os
import signal
import sys
from collections import OrderedDict
from typing import Any, BinaryIO

from portal.labels.cage import close_the_doors, limit_resources, without_network
from portal.labels.wire import LENGTH, packed

KEPT_STYLES = 16
GRACE_S = 2
"""Seconds that the parent has to kill us before the alarm does."""


class Oven:
    """WeasyPrint with everything warm. Imported late, so that the limits stand before it starts."""

    def __init__(self) -> None:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration

        from portal.labels.fetcher import AssetFetcher

        self._css, self._html, self._fonts = CSS, HTML, FontConfiguration
        self._fetcher = AssetFetcher()
        self._contents: dict[str, bytes] = {}
        self._styles: OrderedDict[str, tuple[Any, Any]] = OrderedDict()
        warm_up = {"assets": [], "pages": 1, "bytes": 1 << 20, "variant": None}
        self.bake(warm_up, "<title>-</title><p>warm <b>up</b>", "@page{size:1in}")

    def learn(self, digest: str, content: bytes) -> None:
        """Keep an asset for the documents to come."""
        self._contents[digest] = content

    def bake(self, wanted: dict[str, Any], html: str, style: str) -> tuple[dict[str, Any], bytes]:
        """The answer's header and the PDF, which is empty when the header says no."""
        self._fetcher.assets = {name: (kind, self._contents[digest]) for name, kind, digest in wanted["assets"]}
        css, fonts = self._prepared(style, wanted["assets"])
        options = {"pdf_variant": wanted["variant"], "pdf_tags": wanted["variant"] is not None}
        page = self._html(string=html, url_fetcher=self._fetcher, media_type="print")
        document = page.render(font_config=fonts, stylesheets=[css], **options)
        if len(document.pages) > wanted["pages"]:
            return {"ok": False, "kind": "overflow", "detail": f"{len(document.pages)} pages"}, b""
        pdf = document.write_pdf(**options) or b""
        if len(pdf) > wanted["bytes"]:
            return {"ok": False, "kind": "too_big", "detail": f"{len(pdf)} bytes"}, b""
        return {"ok": True, "pages": len(document.pages), "size": len(pdf)}, pdf

    def _prepared(self, style: str, assets: list[list[str]]) -> tuple[Any, Any]:
        """The parsed style with its fonts loaded: unpacking fonts takes longer than laying out a label."""
        key = json.dumps([style, assets])
        if key not in self._styles:
            fonts = self._fonts()
            self._styles[key] = (self._css(string=style, font_config=fonts, url_fetcher=self._fetcher), fonts)
            if len(self._styles) > KEPT_STYLES:
                self._styles.popitem(last=False)
        self._styles.move_to_end(key)
        return self._styles[key]


def main() -> None:
    """Answer requests until the parent closes stdin."""
    requests, answers = _claim_pipes()
    limit_resources(int(sys.argv[1]))
    network = without_network()
    oven = Oven()
    close_the_doors()
    gc.collect()
    gc.freeze()
    # A label's boxes are freed between two documents; only a large document is searched for garbage while it is made.
    gc.set_threshold(200_000, 50, 50)
    _send(answers, {"ok": True, "network": network})
    _be_silent()
    while wanted := _header(requests):
        # If the parent died we must not lay out for ever: the alarm's default action ends this process.
        signal.setitimer(signal.ITIMER_REAL, wanted["seconds"] + GRACE_S)
        header, pdf = _answer(oven, wanted, requests)
        _send(answers, header, pdf)
        if header.get("kind") == "memory":
            # What is left of us is not to be trusted, nor can it say goodbye in good order.
            os._exit(1)
        gc.collect()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(oven: Oven, wanted: dict[str, Any], requests: BinaryIO) -> tuple[dict[str, Any], bytes]:
    html, style = requests.read(wanted["html"]).decode(), requests.read(wanted["style"]).decode()
    for digest, size in wanted["fresh"]:
        oven.learn(digest, requests.read(size))
    try:
        return oven.bake(wanted, html, style)
    except MemoryError:
        return {"ok": False, "kind": "memory", "detail": "memory limit reached"}, b""
    except Exception as error:  # the border of the process: the parent raises what it hears
        return {"ok": False, "kind": "fault", "detail": f"{type(error).__name__}: {error}"[:500]}, b""


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Our ends of the pipes. Whatever else prints to stdout goes to stderr, or it would break the answers."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, answers


def _be_silent() -> None:
    """Faults are answered, not printed: a document's words do not belong in the operator's log."""
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), 2)
        os.dup2(nothing.fileno(), 1)


def _header(requests: BinaryIO) -> dict[str, Any] | None:
    length = requests.read(LENGTH.size)
    return json.loads(requests.read(*LENGTH.unpack(length))) if len(length) == LENGTH.size else None


def _send(answers: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    answers.write(packed(header, body))
    answers.flush()


if __name__ == "__main__":
    main()
