#!/bin/sh
# Are the system's libraries and programs here? Installs what is missing when that is allowed, or names it in one line.
# Usage: system-packages.sh demo|test
set -eu

packages="libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core fonts-noto-cjk"
if [ "$1" = test ]; then
    packages="$packages chromium poppler-utils qpdf openjdk-17-jdk-headless libjaxb-java"
fi

if ! command -v python3 >/dev/null; then
    echo "Python 3.11 or newer is missing: install python3." >&2
    exit 1
fi
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Plain Consent needs Python 3.11 or newer; python3 here is $(python3 -V | cut -d' ' -f2)." >&2
    exit 1
fi
python3 -c 'import ensurepip, venv' 2>/dev/null || packages="$packages python3-venv"

if ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian or Ubuntu; please have the like of these here: $packages" >&2
    exit 0
fi

missing=""
for package in $packages; do
    case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)" in
        "install ok installed") ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "System packages are missing. Please run: sudo apt-get update && sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 -qq update
# shellcheck disable=SC2086
apt-get -o DPkg::Lock::Timeout=300 -qq -y install --no-install-recommends $missing >/dev/null
