"""What is known of images that many people run, for models that have to choose one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_PORTS_IN_WORDS = re.compile(r"\bports? ((?:\d+(?:, | and )?)+)")

_OF_ONES_OWN = re.compile(
    r"\b(folders?|director(y|ies)|files?|pages?|sites?|static|html|serves?)\b|\./", re.IGNORECASE
)
"""Words of who has something to serve; told about its place without them, a model invents a folder."""


@dataclass(frozen=True)
class KnownImage:
    """An image, as its publisher's page describes it.

    Attributes:
        words: By which words people ask for it, in small letters.
        reference: The image with the tag of a release.
        listens: The ports of the container that it listens on.
        data: The folder of what must last; empty when it keeps nothing.
        pages: The folder of what it serves; empty when it serves nothing of one's own.
        needs: The environment variables without which it does not start, ``NAME=value``.
    """

    words: tuple[str, ...]
    reference: str
    listens: tuple[int, ...] = ()
    data: str = ""
    pages: str = ""
    needs: tuple[str, ...] = ()

    def is_named_in(self, wish: str) -> bool:
        """Tell whether somebody's words name it.

        Args:
            wish: His words.
        """
        said = " ".join(re.findall(r"[a-z0-9]+", wish.lower()))
        return any(re.search(rf"\b{word}\b", said) for word in self.words)

    def told_for(self, wish: str) -> str:
        """Tell what is known of it, in the form of a container's fields.

        Args:
            wish: What it is to be run for.
        """
        told = [f'image "{self.reference}"']
        if self.listens:
            told.append(self._ports(wish))
        if self.data:
            volume = f"{self.words[0].replace(' ', '-')}-data:{self.data}"
            told.append(f'if its data must last, volumes ["{volume}"]')
        if self.pages and _OF_ONES_OWN.search(wish):
            told.append(f"a folder of one's own pages is mounted at {self.pages}")
        if self.needs:
            told.append("env_vars " + json.dumps(dict(one.split("=", 1) for one in self.needs)))
        return ", ".join(told)

    def _ports(self, wish: str) -> str:
        """Say what it listens on; where ports are named, how they lead there."""
        named = [
            int(port) for found in _PORTS_IN_WORDS.finditer(wish) for port in re.findall(r"\d+", found[1])
        ]
        published = [f"{port}:{port if port in self.listens else self.listens[0]}" for port in named]
        if published:
            return "ports " + json.dumps(published)
        return "it listens on " + " and ".join(map(str, self.listens))


def known_images(wish: str) -> Iterator[str]:
    """Tell what is known of the images that somebody's words name.

    Args:
        wish: His words, such as a container's description.
    """
    return (image.told_for(wish) for image in KNOWN if image.is_named_in(wish))


def _image(
    words: str, reference: str, *listens: int, data: str = "", pages: str = "", needs: str = ""
) -> KnownImage:
    return KnownImage(tuple(words.split("|")), reference, listens, data, pages, tuple(needs.split()))


KNOWN = (
    # databases
    _image("postgres|postgresql", "postgres:17-alpine", 5432, data="/var/lib/postgresql/data"),
    _image("postgis", "postgis/postgis:17-3.5", 5432, data="/var/lib/postgresql/data"),
    _image(
        "timescale|timescaledb", "timescale/timescaledb:2.17.2-pg17", 5432, data="/var/lib/postgresql/data"
    ),
    _image("mysql", "mysql:8.4", 3306, data="/var/lib/mysql"),
    _image("mariadb", "mariadb:11.4", 3306, data="/var/lib/mysql"),
    _image("mongo|mongodb", "mongo:8.0", 27017, data="/data/db"),
    _image("couchdb", "couchdb:3.4", 5984, data="/opt/couchdb/data"),
    _image("cassandra", "cassandra:5.0", 9042, data="/var/lib/cassandra"),
    _image("neo4j", "neo4j:5.26", 7474, 7687, data="/data"),
    _image("clickhouse", "clickhouse/clickhouse-server:24.8", 8123, 9000, data="/var/lib/clickhouse"),
    _image("influxdb|influx", "influxdb:2.7-alpine", 8086, data="/var/lib/influxdb2"),
    _image("qdrant", "qdrant/qdrant:v1.12.4", 6333, data="/qdrant/storage"),
    _image("etcd", "bitnami/etcd:3.5", 2379, data="/bitnami/etcd", needs="ALLOW_NONE_AUTHENTICATION=yes"),
    # caches and queues
    _image("redis", "redis:7.4-alpine", 6379, data="/data"),
    _image("valkey", "valkey/valkey:8.0-alpine", 6379, data="/data"),
    _image("memcached", "memcached:1.6-alpine", 11211),
    _image("rabbitmq", "rabbitmq:4.0-management", 5672, 15672, data="/var/lib/rabbitmq"),
    _image("nats", "nats:2.10-alpine", 4222),
    _image("kafka", "apache/kafka:3.9.0", 9092, data="/var/lib/kafka/data"),
    _image("mosquitto|mqtt", "eclipse-mosquitto:2", 1883, data="/mosquitto/data"),
    # search
    _image(
        "elasticsearch",
        "elasticsearch:8.15.3",
        9200,
        data="/usr/share/elasticsearch/data",
        needs="discovery.type=single-node",
    ),
    _image(
        "opensearch",
        "opensearchproject/opensearch:2.18.0",
        9200,
        data="/usr/share/opensearch/data",
        needs="discovery.type=single-node",
    ),
    _image("kibana", "kibana:8.15.3", 5601),
    _image("meilisearch|meili", "getmeili/meilisearch:v1.11", 7700, data="/meili_data"),
    _image("solr", "solr:9.7", 8983, data="/var/solr"),
    # web servers and proxies
    _image("nginx", "nginx:1.27-alpine", 80, pages="/usr/share/nginx/html"),
    _image("apache|httpd", "httpd:2.4-alpine", 80, pages="/usr/local/apache2/htdocs"),
    _image("caddy", "caddy:2.8-alpine", 80, 443, data="/data", pages="/usr/share/caddy"),
    _image("traefik", "traefik:v3.2", 80),
    _image("haproxy", "haproxy:3.0-alpine"),
    _image("envoy", "envoyproxy/envoy:v1.32.1", 10000),
    _image("tomcat", "tomcat:10.1", 8080, pages="/usr/local/tomcat/webapps/ROOT"),
    _image("php", "php:8.3-apache", 80, pages="/var/www/html"),
    # monitoring
    _image("grafana", "grafana/grafana:11.3.0", 3000, data="/var/lib/grafana"),
    _image("prometheus", "prom/prometheus:v2.55.1", 9090, data="/prometheus"),
    _image("alertmanager", "prom/alertmanager:v0.27.0", 9093, data="/alertmanager"),
    _image("node exporter", "prom/node-exporter:v1.8.2", 9100),
    _image("loki", "grafana/loki:3.2.1", 3100, data="/loki"),
    _image("jaeger", "jaegertracing/all-in-one:1.62.0", 16686, 4317),
    _image("zipkin", "openzipkin/zipkin:3.4", 9411),
    _image("uptime kuma", "louislam/uptime-kuma:1.23.15", 3001, data="/app/data"),
    # tools and applications
    _image("adminer", "adminer:4.8.1", 8080),
    _image("phpmyadmin", "phpmyadmin:5.2", 80),
    _image("pgadmin", "dpage/pgadmin4:8.13", 80, data="/var/lib/pgadmin"),
    _image("mongo express", "mongo-express:1.0", 8081),
    _image("minio", "minio/minio:RELEASE.2024-11-07T00-52-20Z", 9000, 9001, data="/data"),
    _image("registry", "registry:2.8", 5000, data="/var/lib/registry"),
    _image("gitea", "gitea/gitea:1.22", 3000, 22, data="/data"),
    _image("jenkins", "jenkins/jenkins:2.479-lts", 8080, data="/var/jenkins_home"),
    _image("sonarqube", "sonarqube:10.7-community", 9000, data="/opt/sonarqube/data"),
    _image("wordpress", "wordpress:6.7-apache", 80, data="/var/www/html"),
    _image("ghost", "ghost:5-alpine", 2368, data="/var/lib/ghost/content"),
    _image("nextcloud", "nextcloud:30-apache", 80, data="/var/www/html"),
    _image("drupal", "drupal:11-apache", 80, data="/var/www/html"),
    _image("mediawiki", "mediawiki:1.42", 80, data="/var/www/html/images"),
    _image("matomo", "matomo:5-apache", 80, data="/var/www/html"),
    _image("keycloak", "keycloak/keycloak:26.0", 8080),
    _image("vault", "hashicorp/vault:1.18", 8200, data="/vault/file"),
    _image("consul", "hashicorp/consul:1.20", 8500, data="/consul/data"),
    _image("mailpit", "axllent/mailpit:v1.21", 1025, 8025),
    _image("n8n", "n8nio/n8n:1.68.0", 5678, data="/home/node/.n8n"),
    _image("node red", "nodered/node-red:4.0", 1880, data="/data"),
    _image("ollama", "ollama/ollama:0.4.2", 11434, data="/root/.ollama"),
    _image("portainer", "portainer/portainer-ce:2.21.4", 9443, data="/data"),
    _image("vaultwarden", "vaultwarden/server:1.32.4", 80, data="/data"),
    _image("jellyfin", "jellyfin/jellyfin:10.10.1", 8096, data="/config"),
)
"""Source: the pages of these images on Docker Hub."""
