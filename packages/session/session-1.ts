import { Server } from '@tsbgp/session';

const server = new Server({ routerId: '192.0.2.1' });
await server.listen({ host: '::', port: 179 });

server.addPeer(
  { remoteAddress: '192.0.2.2', localAs: 65001, remoteAs: 65002 },
  {
    onEstablished(peer, session, writer) {
      console.log(`up: AS ${session.remoteAs}, hold time ${session.holdTimeSeconds} s`);
      return (bytes, start, end) => {
        console.log(`UPDATE of ${end - start} octets`);
        return undefined; // or a NOTIFICATION, which ends the session
      };
    },
    onClose: (peer, reason) => console.log(`down: ${reason.text}`),
  },
  { holdTimeSeconds: 90, md5Key: 'secret' },
);

process.once('SIGTERM', () => void server.close('maintenance'));

export {};
