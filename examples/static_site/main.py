"""A site of two files, and the web server that shows them.

What is left out, here the page's text and most of the server, is in `clockwork.lock`.
"""

from clockwork.assertions import HealthcheckAssert
from clockwork.resources import DockerResource, FileResource

STYLE = """\
body { max-width: 40rem; margin: 4rem auto; font: 1.1rem/1.6 Georgia, serif; }
h1 { color: seagreen; }
"""

style = FileResource(description="how the page looks", path="site/style.css", content=STYLE, mode="644")

home = FileResource(
    description="a small HTML page about a pottery by the sea; it uses the style sheet style.css",
    path="site/index.html",
    mode="644",
)

web = DockerResource(
    description="the web server nginx of a pottery; its pages are mounted, and it needs no variables",
    ports=["127.0.0.1:8476:80"],
    volumes=["./site:/usr/share/nginx/html:ro"],
    depends_on=[home, style],
)
web.assertions = [
    HealthcheckAssert(name="the page", url=f"{web.ref('urls[80]')}/", body="style.css"),
    HealthcheckAssert(name="its style", url=f"{web.ref('urls[80]')}/style.css", body="seagreen"),
]
