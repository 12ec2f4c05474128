import { allSpans, DEFAULT_CONTEXT, dissectMessage, fromHex, spansAt, toHex } from '@tsbgp/wire';

// AGGREGATOR has no octets: the attribute is discarded, the route stays.
const octets = fromHex('ffffffffffffffffffffffffffffffff 0031 02 0000 0017 40010100 400206 0201 0000fde9 400304 c0000201 c00700 10 0a01');
const { spans } = dissectMessage(octets, 0, octets.length, DEFAULT_CONTEXT);

console.log(spansAt(spans, 32).map(({ name }) => name).join(' > ')); // update > path-attributes > as-path > value > segment > as
const asPath = [...allSpans(spans)].find(({ name }) => name === 'as-path')!;
console.log(asPath.start, asPath.end, asPath.parts?.map(({ name, value }) => [name, value])[2]); // 27 36 [ 'length', 6 ]
for (const { path, start, end, fault } of allSpans(spans)) {
  if (fault) console.log(path, toHex(octets, start, end), fault.action, fault.reason); // path-attributes.aggregator c00700 discard AGGREGATOR of 0 octets, allowed is 8
}

export {};
