"""Pages from a git repository, and the web server that shows them. Each apply brings what was pushed.

Only the folder with the pages is mounted: what git keeps beside them is for nobody to read.
"""

import os

from clockwork.assertions import HealthcheckAssert
from clockwork.resources import DockerResource, GitRepoResource

REPOSITORY = os.environ.get("SITE_REPOSITORY", "https://github.com/h5bp/html5-boilerplate.git")

pages = GitRepoResource(
    description="the pages, as they are on the main branch",
    repo_url=REPOSITORY,
    dest="pages",
    branch="main",
    depth=1,
)

web = DockerResource(
    description="shows the pages",
    name="git-checkout",
    image="nginx:1.27-alpine",
    ports=["127.0.0.1:8478:80"],
    volumes=["./pages/dist:/usr/share/nginx/html:ro"],
    env_vars={},
    networks=[],
    depends_on=[pages],
)
web.assertions = [HealthcheckAssert(name="the page", url=f"{web.ref('urls[80]')}/", body="<title>")]
