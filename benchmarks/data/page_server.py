"""Serves saved pages as several sites on loopback, with sitemaps, in a separate process.

`python -m benchmarks.data.page_server PORT SITES FOLDER`: FOLDER holds 0.html, 1.html, …
"""

import asyncio
import sys
from pathlib import Path

from benchmarks.data.quiet_sites import address


def base(site: int, port: int) -> str:
    return f"http://{address(site)}:{port}"


def urls(count: int, sites: int, port: int) -> list[str]:
    return [f"{base(number % sites, port)}/news/{number}.html" for number in range(count)]


async def serve(port: int, sites: int, folder: Path) -> None:
    pages = {f"/news/{path.name}": path.read_bytes() for path in folder.glob("*.html")}
    sitemaps = {
        address(site): _sitemap(
            [url for url in urls(len(pages), sites, port) if base(site, port) in url]
        )
        for site in range(sites)
    }

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1].decode()
                body = sitemaps[host] if path == "/sitemap.xml" else pages.get(path, b"")
                content_type = "application/xml" if path == "/sitemap.xml" else "text/html"
                status = "200 OK" if body else "404 Not Found"
                head = (
                    f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n"
                ).encode()
                writer.write(head + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    hosts = [address(site) for site in range(sites)]
    async with await asyncio.start_server(answer, hosts, port, backlog=512) as server:
        await server.serve_forever()


def _sitemap(addresses: list[str]) -> bytes:
    locations = "".join(f"<url><loc>{url}</loc></url>" for url in addresses)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><urlset xmlns="{namespace}">{locations}</urlset>'.encode()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
