import { compilePolicy } from '@tsbgp/policy';

const policy = compilePolicy({ direction: 'import', peerType: 'ebgp' }); // no default: RFC 8212 decides
policy.dependsOn; // 'nothing': ask once per peer, not once per route
policy.constant; // { type: 'reject' }

compilePolicy({ direction: 'export', peerType: 'ebgp', defaultAction: 'accept-all' }).constant; // { type: 'accept' }

export {};
