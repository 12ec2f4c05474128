/**
 * A route collector: accepts any peer and prints its announcements as JSON, one line each. Sends nothing.
 *
 *     node collector.ts --as 65000 --router-id 192.0.2.1 --port 1790
 *     {"peer":"127.0.0.2","as":65002,"announce":["198.51.100.0/24"],"withdraw":[],"attributes":[...]}
 */
import { parseArgs } from 'node:util';
import { type Plugin, Server } from '@tsbgp/session';
import { decodeUpdate, Fault, IPV4_UNICAST, IPV6_UNICAST, notificationOf, toJson } from '@tsbgp/wire';

const { values } = parseArgs({
  options: {
    as: { type: 'string', default: '65000' },
    'router-id': { type: 'string', default: '192.0.2.1' },
    host: { type: 'string', default: '::' },
    port: { type: 'string', default: '179' },
  },
});

const print = (line: object) => console.log(JSON.stringify(toJson(line)));

const collector: Plugin = {
  getCapabilities: () => [
    { type: 'multiprotocol', family: IPV4_UNICAST },
    { type: 'multiprotocol', family: IPV6_UNICAST },
    { type: 'route-refresh' },
    { type: 'add-path', families: [{ family: IPV4_UNICAST, receive: true, send: false }] },
  ],
  onEstablished(peer, session) {
    const who = { peer: session.remoteAddress, as: session.remoteAs };
    print({ ...who, session: 'up' });
    return (bytes, start, end) => {
      const update = decodeUpdate(bytes, start, end, session.receive);
      if (update instanceof Fault) return notificationOf(update);
      const { withdrawn, nlri, attributes, endOfRib } = update;
      if (endOfRib !== undefined) print({ ...who, endOfRib });
      // RFC 7606: the routes of an UPDATE with such a fault count as withdrawn.
      else if (update.fault?.action === 'withdraw') print({ ...who, withdraw: [...withdrawn, ...nlri], reason: update.fault.reason });
      else print({ ...who, announce: nlri, withdraw: withdrawn, attributes });
      return undefined;
    };
  },
  onClose: (peer, reason) => print({ peer: peer.config.remoteAddress, session: 'down', reason: reason.text }),
};

const server = new Server({ routerId: values['router-id'] });
for (const prefix of ['0.0.0.0/0', '::/0']) server.addPeerRange({ prefix, localAs: Number(values.as), limit: 500 }, collector);
const { port } = await server.listen({ host: values.host, port: Number(values.port) });
print({ listening: port });
process.once('SIGINT', () => void server.close());
process.once('SIGTERM', () => void server.close());
