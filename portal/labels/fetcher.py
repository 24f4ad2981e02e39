"""What a document may load: the assets that came with it, by name, and nothing else under any scheme."""

from weasyprint.urls import URLFetcher, URLFetcherResponse


class AssetFetcher(URLFetcher):
    """Answers `asset:<name>` from memory; every other address is refused before anything is opened."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.assets: dict[str, tuple[str, bytes]] = {}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The asset. Raises ValueError for everything that is not one of ours."""
        scheme, _, name = url.partition(":")
        if scheme != "asset" or name not in self.assets:
            raise ValueError(f"a document may not load {url[:80]}")
        media_type, content = self.assets[name]
        return URLFetcherResponse(url, content, {"Content-Type": media_type})
