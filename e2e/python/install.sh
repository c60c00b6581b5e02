#!/usr/bin/env bash
# Makes the Python environment of the tests beside this file, anew when what it should hold has changed.
set -euo pipefail
cd "$(dirname "$0")"
[ .venv/installed -nt requirements.txt ] && [ .venv/installed -nt install.sh ] && exit 0
rm -rf .venv
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --requirement requirements.txt
# fhirschemapy is written for Python 3.12, whose `type X = ...` older ones do not read; the plain assignment
# means the same to what is used of it here.
find .venv/lib -path '*/fhirschemapy/*' -name '*.py' -exec sed -i -E 's/^type ([A-Za-z_]+) = /\1 = /' {} +
touch .venv/installed
