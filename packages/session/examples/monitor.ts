/**
 * Watches peers: keeps a session with each, prints what happens to it, and counts. Exits with 1 when a session is down at the end.
 *
 *     node monitor.ts --as 65009 --router-id 192.0.2.9 --seconds 60 192.0.2.1=65001 192.0.2.2=65002
 */
import { parseArgs, styleText } from 'node:util';
import { type Plugin, Server } from '@tsbgp/session';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    as: { type: 'string', default: '65009' },
    'router-id': { type: 'string', default: '192.0.2.9' },
    port: { type: 'string', default: '179' },
    seconds: { type: 'string', default: '0' },
    local: { type: 'string' },
  },
});

const say = (address: string, text: string) => console.log(`${new Date().toISOString()} ${address} ${text}`);

const monitor: Plugin = {
  onStateChange: (peer, from, to) => say(peer.config.remoteAddress, `${from} -> ${to === 'Established' ? styleText('green', to) : to}`),
  onEstablished(peer, session) {
    const families = session.families.size;
    say(
      session.remoteAddress,
      `up: identifier ${session.remoteBgpIdentifier}, hold time ${session.holdTimeSeconds} s, ${families} families`,
    );
    return () => undefined;
  },
  onClose: (peer, reason) => say(peer.config.remoteAddress, styleText('red', `down: ${reason.text}`)),
};

const server = new Server({ routerId: values['router-id'] });
for (const peer of positionals) {
  const [remoteAddress = '', remoteAs] = peer.split('=');
  server.addPeer({ remoteAddress, remoteAs: Number(remoteAs), localAs: Number(values.as) }, monitor, {
    remotePort: Number(values.port),
    localAddress: values.local,
  });
}

async function report(): Promise<void> {
  for (const peer of server.listPeers()) {
    const { updateReceived, bytesIn } = peer.counters;
    const error = peer.lastError === undefined ? '' : `, last error: ${peer.lastError.text}`;
    say(peer.config.remoteAddress, `${peer.state}, ${updateReceived} UPDATEs, ${bytesIn} octets${error}`);
    if (peer.state !== 'Established') process.exitCode = 1;
  }
  await server.close();
}

if (values.seconds !== '0') setTimeout(() => void report(), Number(values.seconds) * 1000);
process.once('SIGINT', () => void report());
process.once('SIGTERM', () => void report());
