#!/bin/bash
# reload.sh SENDERS MESH: makes the daemon that target.sh SENDERS MESH started take an export policy that adds the large community 64512:2000:1 to
# everything.
set -euo pipefail
senders=${1:?usage: reload.sh SENDERS MESH}
mesh=${2:?usage: reload.sh SENDERS MESH}
folder=${TMPDIR:-/tmp}/tsbgp-bench-target-$(id -u)-$senders-$mesh
sed -i "s/^defaults: .*/defaults: { passive: true, import: accept-all, export: mark }/" "$folder/tsbgpd.yaml"
echo 'policies: { mark: [ { set: { communities: { add: ["64512:2000:1"] } }, action: accept } ] }' >>"$folder/tsbgpd.yaml"
kill -HUP "$(cat "$folder/pid")"
