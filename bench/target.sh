#!/bin/bash
# target.sh SENDERS MESH [ipv6] [add-path]: runs tsbgpd in the foreground on 10.77.0.1:179, for any load generator.
#
# AS 64512 with SENDERS eBGP neighbors (from 10.77.1.1 and AS 65001 on), all passive, nothing filtered. MESH 0: one more neighbor,
# the sink (10.77.200.1, AS 64999). MESH 1: the senders are route-server clients. MESH 2: and say by control communities who may have
# their routes. With "ipv6" the addresses are fd77::1, fd77::1:1 and on, fd77::2:1 and the routes those of IPv6; with "add-path" all paths are
# sent and received. The API and the metrics are on.
#
# Runs what users run: the bundle of `npm run build` on the pinned Node. Builds it first if it is missing or older than the sources.
# The daemon replaces the shell, so that the pid of this script is the pid to measure.
set -euo pipefail
senders=${1:?usage: target.sh SENDERS MESH [ipv6] [add-path]}
mesh=${2:?usage: target.sh SENDERS MESH [ipv6] [add-path]}
options=" ${*:3} "
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
node=$root/node_modules/.bin/node
# The launcher of npm's "node" package is the program itself or a link to it; the measured pid must not be a wrapper.
bundle=$root/packages/daemon/dist/start.js

fresh() {
  # tsc writes a start.js as well: one with a few lines is not the bundle.
  [ -f "$bundle" ] && [ "$(stat -c %s "$bundle")" -gt 50000 ] &&
    [ -z "$(find "$root"/packages/*/src "$root/package-lock.json" -newer "$bundle" \( -name '*.ts' -o -name 'package-lock.json' \) ! -name '*.test.ts' -print -quit)" ]
}
if ! fresh; then
  "$node" "$root/tools/bundle.ts" >&2
fi

# Always the same folder, since the script is not there any more to remove one.
folder=${TMPDIR:-/tmp}/tsbgp-bench-target-$(id -u)-$senders-$mesh
mkdir -p "$folder"
target=10.77.0.1 sink=10.77.200.1
[[ $options == *" ipv6 "* ]] && target=fd77::1 sink=fd77::2:1
sender() {
  if [[ $options == *" ipv6 "* ]]; then printf 'fd77::1:%x' $(($1 + 1)); else echo "10.77.$(((257 + $1) / 256)).$(((257 + $1) % 256))"; fi
}
{
  [[ $target == *:* ]] && listen="[$target]:179" || listen=$target:179
  echo "global: { as: 64512, router-id: 10.77.0.1, listen: ['$listen'] }"
  echo "api: { unix-socket: $folder/tsbgpd.sock }"
  echo "http: { listen: '127.0.0.1:9179' }"
  echo "log: { level: warn, format: json }"
  echo "defaults: { passive: true, policy: accept-all }"
  echo "neighbors:"
  client=''
  [ "$mesh" -ge 1 ] && client=', route-server-client: true'
  [ "$mesh" -ge 2 ] && client+=', control-communities: true'
  [[ $options == *" add-path "* ]] && client+=', add-path: both'
  for ((i = 0; i < senders; i++)); do
    echo "  - { address: '$(sender "$i")', remote-as: $((65001 + i))$client }"
  done
  [ "$mesh" -ge 1 ] || echo "  - { address: '$sink', remote-as: 64999 }"
} >"$folder/tsbgpd.yaml"
# For reload.sh.
echo $$ >"$folder/pid"
exec "$node" "$root/packages/daemon/dist/bin.js" "$folder/tsbgpd.yaml"
