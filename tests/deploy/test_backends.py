"""State that is kept elsewhere, and the passphrase that encrypts it."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from clockwork.engine.locate import Engine
from support.deploying import Deployment, actions, file
from support.services import azurite_command, free_port, moto_command, served

pytestmark = pytest.mark.engine

AZURE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The key that Azurite's documentation gives for its only account; no secret."""


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of an empty bucket."""
    import boto3  # type: ignore[import-untyped]

    port = free_port()
    with served(moto_command(port), port, tmp_path / "moto.log"):
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        client.create_bucket(Bucket="state")
        client.close()
        address = f"endpoint=http://127.0.0.1:{port}&region=us-east-1&s3ForcePathStyle=true"
        yield {**keys, "CW_BACKEND_URL": f"s3://state?{address}"}


@pytest.fixture
def azure_blob(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of an empty container."""
    from azure.storage.blob import BlobServiceClient

    port, account = free_port(), "devstoreaccount1"
    with served(azurite_command(port, tmp_path / "azurite"), port, tmp_path / "azurite.log"):
        endpoint = f"http://127.0.0.1:{port}/{account}"
        with BlobServiceClient(endpoint, credential=AZURE_KEY) as client:
            client.create_container("state")
        address = f"storage_account={account}&protocol=http&domain=127.0.0.1:{port}&localemu=true"
        yield {
            "AZURE_STORAGE_ACCOUNT": account,
            "AZURE_STORAGE_KEY": AZURE_KEY,
            "CW_BACKEND_URL": f"azblob://state?{address}",
        }


@pytest.mark.backend
@pytest.mark.parametrize("backend", ["s3", "azure_blob"])
def test_two_machines_share_a_stack(
    backend: str, request: pytest.FixtureRequest, deployment: Deployment, tmp_path: Path
) -> None:
    settings = {
        **request.getfixturevalue(backend),
        "PULUMI_CONFIG_PASSPHRASE": "shared",
        "CW_PROJECT_NAME": "shop",
    }
    deployment.environment = settings
    deployment.declare(file("note"))
    assert actions(deployment.run("apply")) == {"note": "create"}
    assert not (deployment.folder / ".clockwork" / "state" / ".pulumi").exists()

    elsewhere = Deployment(tmp_path / "elsewhere" / deployment.folder.name)
    elsewhere.folder.mkdir(parents=True)
    elsewhere.environment = settings
    elsewhere.declare(file("note"))
    assert "the file is gone" in elsewhere.told("plan")

    assert actions(deployment.run("destroy")) == {"note": "delete"}
    assert actions(elsewhere.run("plan")) == {"note": "create"}


def test_a_backend_that_does_not_answer_is_said_to(deployment: Deployment) -> None:
    address = f"endpoint=http://127.0.0.1:{free_port()}&region=us-east-1&s3ForcePathStyle=true"
    deployment.environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_MAX_ATTEMPTS": "1",
        "CW_BACKEND_URL": f"s3://state?{address}",
    }
    deployment.declare(file("note"))
    error = deployment.run("plan", code=1)["error"]
    assert error["code"] == "state"
    assert "cannot be opened in s3://state" in error["message"]


def test_the_passphrase_is_made_for_each_project_and_readable_by_its_owner_alone(
    deployment: Deployment, tmp_path: Path
) -> None:
    other = Deployment(tmp_path / "other")
    other.folder.mkdir()
    made = []
    for one in (deployment, other):
        one.declare(file("note"))
        one.run("apply")
        passphrase = one.folder / ".clockwork" / "passphrase"
        assert stat.S_IMODE(passphrase.stat().st_mode) == 0o600
        made.append(passphrase.read_text())
    assert made[0] != made[1]
    assert min(len(one) for one in made) >= 32


def test_the_persons_own_passphrase_is_used(deployment: Deployment) -> None:
    deployment.environment = {"PULUMI_CONFIG_PASSPHRASE": "mine"}
    deployment.declare(file("note"))
    deployment.run("apply")
    assert not (deployment.folder / ".clockwork" / "passphrase").exists()
    deployment.environment = {"PULUMI_CONFIG_PASSPHRASE": "another"}
    assert "passphrase" in deployment.run("apply", code=1)["error"]["message"]


def test_a_folder_with_an_unusual_name(engine: Engine, tmp_path: Path, project: Path) -> None:
    deployment = Deployment(project.rename(tmp_path / "Prüfung (1) & mehr"))
    deployment.declare(file("note"))
    deployment.run("apply")
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert deployment.names() == []


@pytest.mark.parametrize("content", ["hello", "other"])
def test_a_renamed_variable_keeps_its_file_after_a_fresh_checkout(
    content: str, deployment: Deployment, tmp_path: Path
) -> None:
    page = str(tmp_path / "site" / "page.html")
    (tmp_path / "state").mkdir()
    deployment.environment = {
        "CW_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "shared",
        "CW_PROJECT_NAME": "shop",
    }
    deployment.declare(file("page", page))
    deployment.run("apply")
    shutil.rmtree(deployment.folder / ".clockwork")
    deployment.declare(file("start", page, content))
    document = deployment.run("apply")
    assert "adopted" not in str(document)
    assert Path(page).read_text() == content
    shutil.rmtree(deployment.folder / ".clockwork")
    assert deployment.run("plan")["summary"]["same"] == 1
    deployment.run("destroy")
    assert not (tmp_path / "site").exists()
