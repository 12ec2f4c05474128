/** Every value that the shared vectors hold comes back from its text and from its JSON. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { withRightFlags } from '../test/expected-verdict.ts';
import { attributeComesBack, capabilityComesBack, faultComesBack, messageComesBack, nlriComesBack } from '../test/round-trip.ts';
import { loadVectors, sharedWireFolder, type Vector } from '../test/shared.ts';
import { fromHex } from './bytes.ts';
import { decodeCapabilities } from './capabilities/capabilities.ts';
import {
  decodeExtendedCommunity,
  encodeExtendedCommunity,
  formatExtendedCommunity,
  parseExtendedCommunity,
} from './communities/extended.ts';
import { DEFAULT_CONTEXT, type WireContext } from './context.ts';
import { IPV4_UNICAST, makeFamily } from './family.ts';
import { Fault } from './fault.ts';
import { decodeMessage } from './messages/message.ts';
import { decodeOpenBody } from './messages/open.ts';
import { decodeNlri, nlriAreWhole } from './nlri/nlri.ts';
import { decodeAttributes } from './scan/decode-attributes.ts';

/** As lenient as can be: what matters is how much of it decodes. */
function contextOf({ context }: Vector): WireContext {
  return {
    ...DEFAULT_CONTEXT,
    fourOctetAs: context?.four_octet_as ?? true,
    addPath: new Set(Array.isArray(context?.addpath) ? context.addpath.map(([afi, safi]) => makeFamily(afi, safi)) : []),
    peerType: 'ibgp',
    extendedMessage: true,
  };
}

/** How many values it holds, all of which came back. */
function comesBack(vector: Vector): number {
  const bytes = fromHex(vector.hex);
  const context = contextOf(vector);
  switch (vector.kind) {
    case 'message':
    case 'bytes': {
      const message = decodeMessage(bytes, 0, bytes.length, context, { lenient: true });
      if (message instanceof Fault) faultComesBack(message);
      else messageComesBack(message);
      return 1;
    }
    case 'open-body': {
      const message = decodeOpenBody(bytes, 0, bytes.length, { lenient: true });
      if (message instanceof Fault) return 0;
      messageComesBack(message);
      return 1;
    }
    case 'attributes':
      return attributesComeBack(bytes, context);
    case 'attribute-value': {
      const header = [0xd0, vector.context!.attr_type!, bytes.length >>> 8, bytes.length & 0xff];
      return [0x50, 0x90, 0xd0].reduce(
        (sum, flags) => sum + attributesComeBack(Uint8Array.from([flags, ...header.slice(1), ...bytes]), context),
        0,
      );
    }
    case 'nlri': {
      const family = makeFamily(vector.context?.afi ?? 1, vector.context?.safi ?? 1);
      if (!nlriAreWhole(bytes, 0, bytes.length, family, context)) return 0;
      const list = decodeNlri(bytes, 0, bytes.length, family, context);
      list.forEach(nlriComesBack);
      return list.length;
    }
    case 'capability': {
      const capabilities = decodeCapabilities(bytes);
      if (capabilities instanceof Fault) return 0;
      capabilities.forEach(capabilityComesBack);
      return capabilities.length;
    }
    case 'ext-community': {
      for (let at = 0; at + 8 <= bytes.length; at += 8) {
        const community = bytes.slice(at, at + 8);
        assert.deepEqual(parseExtendedCommunity(formatExtendedCommunity(community)), community);
        assert.deepEqual(encodeExtendedCommunity(decodeExtendedCommunity(community)), community);
      }
      return bytes.length / 8;
    }
    default:
      return 0; // BMP, RTR, MRT: not of this package
  }
}

function attributesComeBack(bytes: Uint8Array, context: WireContext): number {
  // Values are asked for here, not verdicts on flags.
  const right = withRightFlags(bytes, 0, bytes.length)?.bytes ?? bytes;
  const { attributes, fault } = decodeAttributes(right, 0, right.length, context);
  attributes.forEach(attributeComesBack);
  if (fault !== undefined) faultComesBack(fault);
  const message = {
    type: 'update' as const,
    withdrawn: [],
    attributes,
    nlri: [{ type: 'ip-prefix' as const, family: IPV4_UNICAST, prefix: '192.0.2.0/24' }],
  };
  messageComesBack(fault === undefined ? message : { ...message, fault });
  return attributes.length;
}

const folder = sharedWireFolder();
const areas = folder === undefined ? [] : readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
if (areas.length === 0) test('values of the shared vectors', { skip: loadVectors('') as string }, () => {});

let total = 0;
for (const area of areas) {
  const vectors = loadVectors(area) as Vector[];
  test(`values of ${area} come back from text and JSON`, (t) => {
    let values = 0;
    for (const vector of vectors) {
      try {
        values += comesBack(vector);
      } catch (cause) {
        throw new Error(`${vector.id}: ${(cause as Error).message}`, { cause });
      }
    }
    t.diagnostic(`${values} values`);
    total += values;
  });
}

// A ratchet: lower only with the vectors.
if (areas.length > 0) test('the vectors hold many values', () => assert.ok(total > 2050, String(total)));
