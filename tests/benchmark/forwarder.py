# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the relay is compared with: the same web server and the same libraries, which forward every request as it is.

python3 forwarder.py CONFIG        the configuration of the relay, of which it uses upstream_url
"""

from __future__ import annotations

import asyncio
import json
import pathlib
import sys

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

HEADERS = {"Content-Type": "text/xml; charset=utf-8", "Accept-Encoding": "identity"}


def application(url: str) -> Starlette:
    """The application.

    :param url: of the partner API.
    """
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30)
    client = httpx.AsyncClient(timeout=120, limits=limits, follow_redirects=False, trust_env=False)

    async def partner(request: Request) -> Response:
        answer = await client.post(url, content=await request.body(), headers=HEADERS)
        return Response(answer.content, answer.status_code, {"content-type": answer.headers["content-type"]})

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[Route("/v1/partner", partner, methods=["POST"]), Route("/healthz", healthz, methods=["GET"])]
    )


def main() -> None:
    settings = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    config = uvicorn.Config(
        application(settings["upstream_url"]),
        fd=3,
        http="h11",
        ws="none",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        lifespan="off",
    )
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
