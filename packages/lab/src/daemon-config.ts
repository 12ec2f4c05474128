/** The configuration file of the lab's daemon, written for people who read and change it. */
import { formatSocket, type LabPlan } from './plan.ts';
import { DAEMON_AS, LAB_PEERS } from './topology.ts';

export function daemonConfig(plan: LabPlan): string {
  return `# tsbgpd of the lab. Every key is explained in docs/configuration.md.
global:
  as: ${DAEMON_AS}
  router-id: 192.0.2.1
  listen: ["${formatSocket(plan.bgp)}"]

defaults:
  families: [ipv4-unicast, ipv6-unicast]
  policy: accept-all   # without it an eBGP neighbor imports and exports nothing (RFC 8212)
  passive: true        # the lab peers come to us

neighbors:
${LAB_PEERS.map(
  (peer, i) => `  - address: "${plan.peerAddresses[i]}"
    remote-as: ${peer.as}
    description: lab peer ${peer.name}
`,
).join('')}
api:
  unix-socket: ${plan.apiSocket}
  tcp: "${formatSocket(plan.apiTcp)}"

http:
  listen: "${formatSocket(plan.metrics)}"

log:
  level: info
`;
}
