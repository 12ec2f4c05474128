/**
 * Another client of a route server, on a host that has a daemon too:
 *
 *     announcer.ts LOCAL-ADDRESS PEER LOCAL-AS PEER-AS NEXT-HOP [PREFIX [ATTRIBUTE VALUE]…]…
 *
 * It announces the prefixes until it is stopped. The attributes of a prefix follow it, e.g. `198.51.100.0/24 large-communities 65001:0:65002`.
 * Without `as-path`, AS_PATH is LOCAL-AS 64999.
 */
import { Server } from '@tsbgp/session';
import { encodeMessage, IPV4_UNICAST, type PathAttribute, parseAttribute, type UpdateMessage } from '@tsbgp/wire';

const [localAddress = '', remoteAddress = '', localAs = '', remoteAs = '', nextHop = '', ...words] = process.argv.slice(2);

function announcement(prefix: string, attributes: ReadonlyMap<string, string>): UpdateMessage {
  const all = new Map([['origin', 'igp'], ['as-path', `${localAs} 64999`], ['next-hop', nextHop], ...attributes]);
  const parsed: PathAttribute[] = [...all].map(([name, value]) => parseAttribute(name, value));
  return { type: 'update', withdrawn: [], attributes: parsed, nlri: [{ type: 'ip-prefix', family: IPV4_UNICAST, prefix }] };
}

/** A word with a slash is a prefix. The words after it are names and values of its attributes. */
function announcements(): UpdateMessage[] {
  const routes: { prefix: string; attributes: Map<string, string> }[] = [];
  for (let index = 0; index < words.length; ) {
    const word = words[index++]!;
    if (word.includes('/')) routes.push({ prefix: word, attributes: new Map() });
    else routes.at(-1)?.attributes.set(word, words[index++] ?? '');
  }
  return routes.map(({ prefix, attributes }) => announcement(prefix, attributes));
}

const messages = announcements();
const server = new Server({ routerId: localAddress });
server.addPeer(
  { remoteAddress, remoteAs: Number(remoteAs), localAs: Number(localAs) },
  {
    onEstablished(_peer, session, writer) {
      for (const message of messages) writer.write(encodeMessage(message, session.send));
      return () => undefined;
    },
  },
  { localAddress, connectRetrySeconds: 1 },
);
process.once('SIGTERM', () => void server.close());
