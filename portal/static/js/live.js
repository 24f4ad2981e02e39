// The open order page hears of a change as soon as it happens. While it hears, it does not ask; whenever the stream is
// silent or cannot be had, its own hx-trigger asks as it would without this file. One stream, only while one looks.
(() => {
  const SILENT_MS = 45_000, AGAIN_MS = 60_000;
  let stream, heard = 0, tried = 0;

  const page = () => document.querySelector("#live[data-stream]");
  const shown = (one) => Number(new URL(one.getAttribute("hx-get"), location).searchParams.get("version"));

  const close = () => {
    stream?.close();
    stream = undefined;
    heard = 0;
  };

  const open = () => {
    const one = page();
    if (stream || !one || document.hidden) return;
    tried = Date.now();
    stream = new EventSource(one.getAttribute("hx-get"));
    stream.onmessage = ({data}) => {
      heard = Date.now();
      const now = page();
      if (now && Number(data) > shown(now)) now.dispatchEvent(new Event("changed"));
    };
    stream.onerror = () => {
      heard = 0;
      if (stream?.readyState === EventSource.CLOSED) close();
    };
  };

  document.addEventListener("visibilitychange", () => document.hidden ? close() : open());
  document.addEventListener("htmx:config:request", (event) => {
    const {sourceElement, sourceEvent} = event.detail.ctx;
    if (sourceElement !== page() || sourceEvent?.type !== "every") return;
    if (document.hidden || Date.now() - heard < SILENT_MS) event.preventDefault();
    else if (Date.now() - tried > AGAIN_MS) open();
  });
  open();
})();
