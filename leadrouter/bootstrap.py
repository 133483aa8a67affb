"""Makes a fresh checkout runnable: virtual environment, packages, a .env with a secret of its own.

Runs before anything is installed and on any Python, so that an old one gets a sentence instead of
a syntax error: standard library only, no modern syntax.

    python leadrouter/bootstrap.py [--requirements FILE] [--port PORT]
"""

import argparse
import hashlib
import os
import secrets
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
NEEDED = (3, 11)


def refuse(sentence):
    """Ends with one sentence and no traceback."""
    sys.stderr.write("leadrouter: %s\n" % sentence)
    sys.exit(2)


def check_python():
    if sys.version_info < NEEDED:
        refuse(
            "Python %d.%d or newer is needed and this is %d.%d; "
            "name another one: make run PYTHON=python3.12" % (NEEDED + tuple(sys.version_info[:2]))
        )


def check_port(port):
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        refuse(
            "port %d is taken by another program; choose one: make run PORT=%d" % (port, port + 1)
        )
    finally:
        probe.close()


def make_venv():
    """Creates .venv with this Python, unless it is there and works."""
    if os.path.exists(PYTHON) and subprocess.call([PYTHON, "-c", "import pip"]) == 0:
        return
    try:
        import ensurepip  # noqa: F401 -- Debian ships Python without it
        import venv
    except ImportError:
        refuse(
            "this Python has no venv module; on Debian or Ubuntu: "
            "apt install python%d.%d-venv" % tuple(sys.version_info[:2])
        )
    print("Creating the virtual environment in .venv …")
    venv.EnvBuilder(with_pip=True, clear=True).create(VENV)


def install(requirements):
    """Installs a requirements file once; again only when it (or the product's) has changed."""
    digest = hashlib.sha256()
    for name in sorted({requirements, "requirements.txt"}):
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(file.read())
    stamp = os.path.join(VENV, "installed-%s" % digest.hexdigest()[:16])
    if os.path.exists(stamp):
        return
    print("Installing the packages of %s (about half a minute) …" % requirements)
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
    if subprocess.call([*command, os.path.join(HERE, requirements)]) != 0:
        refuse("the packages of %s could not be installed; the lines above say why." % requirements)
    with open(stamp, "w") as file:
        file.write(requirements)


def write_env():
    """Writes .env with a fresh secret on first use; never touches one that is there."""
    path = os.path.join(HERE, ".env")
    if os.path.exists(path):
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("# Written on first use. Every variable is explained in docs/settings.md.\n")
        file.write("SECRET_KEY=%s\n" % secrets.token_urlsafe(50))
    os.makedirs(os.path.join(HERE, "var"), exist_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requirements", default="requirements.txt")
    parser.add_argument("--port", type=int)
    options = parser.parse_args()
    check_python()
    if options.port is not None:
        check_port(options.port)
    make_venv()
    install(options.requirements)
    write_env()


if __name__ == "__main__":
    main()
