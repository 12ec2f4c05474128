import { PeerKind, type PeerOptions, Rib } from '@tsbgp/rib';
import { addressBytes, DEFAULT_CONTEXT, fromHex, IPV4_UNICAST, toHex } from '@tsbgp/wire';

const rib = new Rib({ localAs: 64512, bgpIdentifier: 0x0a000001, observer: { fault: console.warn, endOfRib: () => {} } });

function peer(address: string, remoteAs: number): PeerOptions {
  return {
    name: address, kind: PeerKind.External, remoteAs, localAs: 64512, bgpIdentifier: remoteAs, address: addressBytes(address),
    families: [IPV4_UNICAST], receive: DEFAULT_CONTEXT, send: DEFAULT_CONTEXT,
    nextHopSelf: new Map([[IPV4_UNICAST, addressBytes('10.0.0.1')]]),
    routeServerClient: false, nextHopSelfAlways: false, importAccept: true, exportAccept: true,
    port: { write: (messages) => console.log(`to ${address}: ${toHex(messages)}`), backlogBytes: 0 },
  };
}

const one = rib.addPeer(peer('10.0.0.2', 65002));
rib.addPeer(peer('10.0.0.3', 65003));

// An UPDATE body: ORIGIN IGP, AS_PATH 65002, NEXT_HOP 10.0.0.2; 192.0.2.0/24.
const update = fromHex('0000 0014 40010100 4002060201 0000fdea 400304 0a000002 18c00002');
rib.ingest(one, update, 0, update.length);
while (rib.work()); // decides, and writes to the ports: 10.0.0.3 learns of 192.0.2.0/24 with AS_PATH 64512 65002

export {};
