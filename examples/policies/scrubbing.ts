/** Customers ask for their traffic to be cleaned with the community 64512:911: the next hop becomes the scrubbing center. */
import { definePolicy } from '@tsbgp/policy';

const SCRUBBING_CENTER = '192.0.2.200';

export default definePolicy({
  import(route, _peer, tell) {
    if (!route.has('64512:911')) return undefined;
    if (route.family !== 'ipv4-unicast') return { reject: 'scrubbing-ipv4-only' };
    tell.count('scrubbed');
    route.nextHop = SCRUBBING_CENTER;
    route.localPref = 500;
    route.addCommunity('no-export');
    return 'accept';
  },
});
