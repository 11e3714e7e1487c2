"""A shop: its goods in a database, a server that tells them as JSON, and a cache that customers meet.

What is left out, here the front page, is in `clockwork.lock`.
"""

import os

from clockwork import Group, Secret
from clockwork.assertions import HealthcheckAssert
from clockwork.connections import Database, File, Network, Service
from clockwork.resources import DockerResource, DockerVolume, FileResource

# Where the images come from: Docker Hub, or a registry of your own, such as "registry.example.com/".
IMAGES = os.environ.get("SHOP_IMAGES", "")

password = Secret.generate()

page = FileResource(
    description="a small HTML page that welcomes customers to a tea shop and links to its goods at /goods",
    path="site/index.html",
)

data = DockerVolume(description="what the database keeps", name="shop-data")

db = DockerResource(
    description="knows the goods and their prices",
    name="shop-db",
    image=f"{IMAGES}postgres:17-alpine",
    ports=[],
    volumes=[],
    env_vars={"POSTGRES_USER": "shop", "POSTGRES_DB": "shop", "POSTGRES_PASSWORD": password},
)
db.connect(File(to=data, at="/var/lib/postgresql/data", read_only=False))

server = DockerResource(
    description="tells the goods as JSON",
    name="shop-server",
    image=f"{IMAGES}postgrest/postgrest:v12.2.8",
    ports=["127.0.0.1:8475:3000"],
    volumes=[],
    env_vars={"PGRST_DB_ANON_ROLE": "customer"},
)
server.connect(
    Network(to=db, name="shop-back"),
    Database(to=db, env="PGRST_DB_URI", user="shop", password=password, schema="schema.sql"),
)

cache = DockerResource(
    description="serves the front page, and remembers for a while what the server said",
    name="shop-cache",
    image=f"{IMAGES}nginx:1.27-alpine",
    ports=["127.0.0.1:8474:80"],
    volumes=["./cache:/etc/nginx/templates:ro", "./site:/usr/share/nginx/html:ro"],
    env_vars={},
    depends_on=[page],
)
cache.connect(
    Network(to=server, name="shop-front"),
    Service(to=server, port=3000, env="SERVER_URL", health="/goods"),
)
cache.assertions = [
    HealthcheckAssert(name="the front page", url=f"{cache.ref('urls[80]')}/", body="/goods"),
    HealthcheckAssert(name="the goods", url=f"{cache.ref('urls[80]')}/goods", body="Earl Grey"),
]

shop = Group("shop").add(page=page, data=data, db=db, server=server, cache=cache)
