"""Recognising credentials by their names, and leaving them out of what is shown."""

from __future__ import annotations

import re


def names_credential(name: str) -> bool:
    """Tell whether a name, such as ``DB_PASSWORD`` or ``apiKey``, is that of a credential.

    Args:
        name: The name of a field, a variable or a parameter.
    """
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]
    if not words:
        return False
    return words[-1] in _LAST_WORDS or (words[-1] == "key" and bool(_KEY_KINDS & set(words[:-1])))


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
        "apikey",
    }
)
_KEY_KINDS = frozenset({"api", "access", "private", "secret", "encryption", "signing", "auth", "master"})
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
    r"|\bnpm_[0-9A-Za-z]{36}|\bpypi-[\w-]{50,}"
    r"|(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
)
