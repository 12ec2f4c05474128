import { ConfigRejected, Exposition, parseConfig } from '@tsbgp/daemon';

const { config, warnings } = parseConfig('global: { as: 1.10, router-id: 192.0.2.254 }', 'my.yaml');
console.log(config.global.as); // 65546
console.log(warnings.length); // 0

try {
  parseConfig('global: { as: 64500, router-id: 192.0.2.254 }\ndefaults: { hold-time: 2 }', 'my.yaml');
} catch (error) {
  if (error instanceof ConfigRejected) console.log(error.message);
  // my.yaml:2:24 defaults.hold-time: found 2, allowed 0 or 3 to 65535 seconds (RFC 4271 §4.2), e.g. "hold-time: 90"
}

const out = new Exposition();
out.gauge('tsbgp_neighbor_up', 'Whether the session is Established.').add({ neighbor: '192.0.2.1' }, 1);
console.log(out.toString());

export {};
