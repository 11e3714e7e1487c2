"""A site with a cache beside it, in containers of Apple's `container` program.

What is left out, here the site's name, image and environment, is in `clockwork.lock`.
"""

from clockwork.resources import AppleContainerResource, AppleVolume, FileResource

page = FileResource(
    description="the site's only page",
    path="site/index.html",
    content="<!doctype html>\n<title>Clockwork</title>\n<h1>It runs like clockwork.</h1>\n",
    mode="644",
)

data = AppleVolume(name="clockwork-example-data", size="1G")

cache = AppleContainerResource(
    description="remembers things for the site",
    name="clockwork-example-cache",
    image="redis:7",
    ports=[],
    volumes=["clockwork-example-data:/data"],
    env_vars={},
    depends_on=[data],
)

site = AppleContainerResource(
    description="the web server nginx, as small as possible, which serves a folder of static pages",
    ports=["127.0.0.1:8473:80"],
    volumes=["./site:/usr/share/nginx/html:ro"],
    depends_on=[page, cache],
)
