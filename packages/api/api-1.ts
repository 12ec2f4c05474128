import { createTsbgpClient, TsbgpError } from '@tsbgp/api';

const tsbgp = createTsbgpClient({ address: 'http://127.0.0.1:50051' }); // or unix:///run/tsbgp/tsbgpd.sock
try {
  await tsbgp.injection.addRoutes({ routes: [{ prefix: '192.0.2.0/24', nextHop: '192.0.2.1' }] });
  for await (const { routes } of tsbgp.rib.streamBest({ filter: { originAs: 13335 } })) {
    for (const { prefix, nextHop } of routes) console.log(prefix, nextHop);
  }
} catch (error) {
  if (error instanceof TsbgpError) console.error(error.code, error.field, error.message);
}

export {};
