"""Recognising credentials by their names, and leaving them out of what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator


def names_credential(name: str) -> bool:
    """Tell whether a name, such as ``DB_PASSWORD`` or ``apiKey``, is that of a credential.

    Args:
        name: The name of a field, a variable or a parameter.
    """
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]
    while words and (words[-1].isdigit() or words[-1] == "base"):  # DB_PASSWORD_2, SECRET_KEY_BASE
        words.pop()
    if not words:
        return False
    last = words[-1]
    is_key = last == "key" and bool(_KEY_KINDS & set(words[:-1]))
    return is_key or last in _LAST_WORDS or last.endswith(_ENDINGS) or "".join(words) in _WHOLE_NAMES


def is_credential(name: str, value: str) -> bool:
    """Tell whether a name is that of a credential and its value a literal, not a switch or a reference.

    Args:
        name: The name of a field, a variable or a parameter.
        value: What it has.
    """
    return names_credential(name) and not _HARMLESS.fullmatch(value)


def credentials_given(text: str) -> Iterator[str]:
    """Give the names of the credentials whose literal values stand in a text.

    That is a text of a command or a setting, such as ``password=x``, ``{"password": "x"}`` and
    ``Authorization: Bearer x``; what the shell fills in, such as ``password=$PASSWORD``, is no literal.

    Args:
        text: Any text.
    """
    for found in (*_ASSIGNED.finditer(text), *_HEADER.finditer(text)):
        if found["scheme"] or is_credential(found["name"], found["value"]):
            yield found["name"]
    yield from credential_options(text)


def credential_options(command: str) -> Iterator[str]:
    """Give the names of a command's options that have a literal credential behind them.

    Args:
        command: The words of a command, such as ``run --password x``.
    """
    for found in _OPTION.finditer(command):
        if is_credential(found["name"], found["value"]):
            yield found["name"]


def holds_password(text: str) -> bool:
    """Tell whether an address in a text has a literal password.

    Args:
        text: Any text.
    """
    return "://" in text and _URL_PASSWORD.search(_REFERENCE.sub("", text)) is not None


def holds_key(text: str) -> bool:
    """Tell whether a text holds a private key, or a token of a form that services give to their users.

    Those that documentation shows, with ``EXAMPLE`` in them, are none.

    Args:
        text: Any text.
    """
    return any("EXAMPLE" not in found[0] for found in _KEYS.finditer(text))


def without_credentials(text: str) -> str:
    """Replace the credentials in all addresses of a text by ``***``.

    These are what stands before the ``@`` and the values of parameters such as ``sas``.

    Args:
        text: Anything that is shown.
    """
    return _PARAMETER.sub(_hidden, _USER.sub("***@", text)) if "://" in text else text


def _hidden(parameter: re.Match[str]) -> str:
    name = parameter["name"]
    is_secret = names_credential(name) or name.lower() in _SECRETS or name.lower().endswith(_SIGNATURES)
    return f"{name}=***" if is_secret else parameter[0]


_LAST_WORDS = frozenset(
    {
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "pass",
        "secret",
        "token",
        "credential",
        "credentials",
        "pw",
        "requirepass",
        "masterauth",
    }
)
_ENDINGS = ("password", "passwd", "passphrase", "apikey", "secretkey", "accesskey", "privatekey")
_KEY_KINDS = frozenset(
    {"api", "access", "account", "private", "secret", "encryption", "signing", "auth", "master", "jwt"}
)
_WHOLE_NAMES = frozenset({"neo4jauth", "rediscliauth"})
_HARMLESS = re.compile(r"\s*|yes|no|none|true|false|on|off|[01]|\$\{[^}]+\}", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"""(?<![\w.-])-{0,2}(?P<name>[a-z_][\w.-]*)(?:\s*=(?!=)\s*|["']\s*:\s*)["']?"""
    r"""(?P<value>(?!\$)[^\s"'&][^\s"'&;,]*)(?P<scheme>)""",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"""\b(?P<name>authorization)["']?\s*[:=]\s*["']?(?P<scheme>bearer|basic|token)\s+"""
    r"""(?P<value>(?!\$)[^\s"']+)""",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"""(?<!\S)--?(?P<name>[a-z][\w-]*)\s+["']?(?P<value>(?!\$|(?:id|type)=)[^\s"'-][^\s"']*)""",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\$\{[^}]*\}|\$\w+")
_URL_PASSWORD = re.compile(
    r"""(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s/:@"'<>]*:(?!\d+(?:[/?\#]|$))[^\s@"'<>]{1,500}@""",
    re.IGNORECASE,
)
# A field or a variable of such a name is mostly harmless; a parameter of an address is not.
_SECRETS = frozenset({"key", "code", "auth", "authorization", "bearer", "jwt", "subscription-key"})
_SIGNATURES = ("sas", "sig", "signature")
# A password may hold a raw slash; a port before a path is no password.
_USER = re.compile(r"""(?<=://)(?:[^\s/?\#"'<>]*@|[^\s/:@"'<>]*:(?!\d+(?:[/?\#]|$))[^\s@"'<>]*@)""")
_PARAMETER = re.compile(r"""(?<=[?&])(?P<name>[\w.-]+)=[^\s&\#"'<>`]*""")
_KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[oprsu]_[0-9A-Za-z]{36,}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20,}"
    r"|\bsk-[\w-]{24,}|\bxox[abeprs]-[\w-]{10,}|\bAIza[\w-]{35}"
    r"|\bnpm_[0-9A-Za-z]{36}|\bpypi-[\w-]{50,}|\bhf_[0-9A-Za-z]{30,}|\b[sr]k_live_[0-9A-Za-z]{20,}"
    r"|\bSG\.[\w-]{22}\.[\w-]{43}|\bdo[opr]_v1_[0-9a-f]{64}|\bAGE-SECRET-KEY-1[0-9A-Z]{58}"
    r"|(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
)
