"""A Docker engine as if on another machine: behind TLS, and behind SSH."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.programs import program
from support.ssh_host import SSHServer


def make_certificates(folder: Path) -> Path:
    """Make an authority and one certificate for both sides, under Docker's names."""
    folder.mkdir(parents=True)
    openssl = program("openssl")

    def run(*args: str) -> None:
        subprocess.run([openssl, *args], cwd=folder, check=True, capture_output=True)

    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca-key.pem", "-out", "ca.pem",
        "-subj", "/CN=tests", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    run(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "request.pem",
        "-subj",
        "/CN=engine",
    )
    (folder / "more").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
    run("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial",
        "-out", "cert.pem", "-extfile", "more")  # fmt: skip
    return folder


@contextmanager
def behind_tls(socket_path: str, certificates: Path) -> Iterator[str]:
    """Carry an engine's socket over TLS that wants a certificate of the client; give ``DOCKER_HOST``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    context.load_verify_locations(certificates / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server, context, socket_path), daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def behind_ssh(engine_host: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Serve an engine's host over SSH; give ``DOCKER_HOST`` and a folder with the ``ssh`` to put on PATH."""
    ssh = program("ssh")
    program("docker")
    server = SSHServer.make(folder, f"SetEnv DOCKER_HOST={engine_host}")
    (folder / "config").write_text(
        f"Host *\n  IdentityFile {server.key}\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {server.known_hosts}\n"
    )
    tools = folder / "bin"
    tools.mkdir()
    (tools / "ssh").write_text(f'#!/bin/sh\nexec {ssh} -F {folder}/config "$@"\n')
    (tools / "ssh").chmod(0o755)
    with server.running():
        yield f"ssh://root@127.0.0.1:{server.port}", tools


def _accept(server: socket.socket, context: ssl.SSLContext, socket_path: str) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_carry, args=(client, context, socket_path), daemon=True).start()


def _carry(client: socket.socket, context: ssl.SSLContext, socket_path: str) -> None:
    try:
        outside = context.wrap_socket(client, server_side=True)
    except OSError:
        client.close()
        return
    with outside, socket.socket(socket.AF_UNIX) as inside:
        inside.connect(socket_path)
        back = threading.Thread(target=_pump, args=(inside, outside), daemon=True)
        back.start()
        _pump(outside, inside)
        back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
