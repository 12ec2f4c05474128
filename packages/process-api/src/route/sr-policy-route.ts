/**
 * SR Policy (RFC 9830):
 *
 *     sr-policy distinguisher N color N endpoint IP next-hop IP [preference N] [priority N] [binding-sid mpls LABEL|null]
 *       [srv6-binding-sid SID [endpoint-behavior B LB LN FUN ARG]] [policy-name TEXT] [candidate-path-name TEXT]
 *       segment-list weight N segment type-a mpls LABEL segment …
 *
 * The candidate path is written as a TUNNEL_ENCAPSULATION of type 15, in the order of ExaBGP.
 */
import { Afi, AttributeCode, afiOf, ByteWriter, type Family, type SrPolicyNlri } from '@tsbgp/wire';
import type { Statement } from '../text/lexer.ts';
import { SyntaxFault } from '../text/syntax-fault.ts';
import { readAddress } from '../text/values.ts';
import { Words } from '../text/words.ts';
import { readAttributes } from './attribute-words.ts';
import { RouteDraft } from './draft.ts';
import type { Purpose } from './prefix-route.ts';
import type { Route } from './route.ts';
import { appendSegments, readSegmentList, type SegmentList } from './sr-policy-segments.ts';
import { appendStructuredSid, readSid, readStructure, type StructuredSid } from './srv6-sid.ts';
import { typedRoute } from './typed-route.ts';

const TUNNEL_TYPE = 15;
const OPTIONAL_TRANSITIVE = 0xc0;
const U32 = 0xffff_ffff;

interface CandidatePath {
  preference?: number;
  priority?: number;
  /** A label, or null for a binding SID without one. */
  bindingSid?: number | null;
  srv6BindingSid?: StructuredSid;
  policyName?: string;
  candidatePathName?: string;
  readonly segmentLists: SegmentList[];
}

export function readSrPolicy(statement: Statement, at: number, family: Family, purpose: Purpose): Route {
  const words = new Words(statement.words, at, statement.line);
  const draft = new RouteDraft();
  const path: CandidatePath = { segmentLists: [] };
  const identity: { distinguisher?: number; color?: number; endpoint?: string } = {};
  readAttributes(words, draft, {
    distinguisher: (each) => {
      identity.distinguisher = each.number(0, U32);
    },
    color: (each) => {
      identity.color = each.number(0, U32);
    },
    endpoint: (each) => {
      identity.endpoint = readAddress(each);
    },
    preference: (each) => {
      path.preference = each.number(0, U32);
    },
    priority: (each) => {
      path.priority = each.number(0, 255);
    },
    'binding-sid': (each) => {
      each.take('mpls');
      path.bindingSid = each.take('null') ? null : each.number(0, 0xf_ffff);
    },
    'srv6-binding-sid': (each) => {
      path.srv6BindingSid = { sid: readSid(each), structure: readStructure(each) };
    },
    'policy-name': (each) => {
      path.policyName = each.next('a name');
    },
    'candidate-path-name': (each) => {
      path.candidatePathName = each.next('a name');
    },
    'segment-list': (each) => {
      path.segmentLists.push(readSegmentList(each));
    },
  });
  const { distinguisher = 0, color, endpoint } = identity;
  if (color === undefined || endpoint === undefined || (purpose === 'announce' && draft.nextHop === undefined)) {
    const example =
      'e.g. "sr-policy distinguisher 0 color 100 endpoint 10.0.0.1 next-hop 192.0.2.1 segment-list weight 1 segment type-a mpls 16001"';
    throw new SyntaxFault(`found no color, no endpoint or no next-hop, ${example}`, statement.line);
  }
  if (endpoint.includes(':') !== (afiOf(family) === Afi.Ipv6)) {
    throw new SyntaxFault(`found endpoint ${endpoint}, allowed is an address of the family`, statement.line);
  }
  draft.octets(AttributeCode.TunnelEncapsulation, OPTIONAL_TRANSITIVE, (out) => appendCandidatePath(out, path));
  const nlri: SrPolicyNlri = { type: 'sr-policy', family, distinguisher, color, endpoint };
  return typedRoute(nlri, draft, statement.line);
}

function appendCandidatePath(out: ByteWriter, path: CandidatePath): void {
  out.u16(TUNNEL_TYPE);
  out.counted16(() => {
    if (path.preference !== undefined) {
      appendShort(out, 12, () => {
        out.u16(0);
        out.u32(path.preference!);
      });
    }
    if (path.priority !== undefined) {
      appendShort(out, 15, () => {
        out.u8(path.priority!);
        out.u8(0);
      });
    }
    const { bindingSid, srv6BindingSid } = path;
    if (bindingSid !== undefined) {
      appendShort(out, 13, () => {
        // ExaBGP sets the flag 0x10 and the bottom-of-stack bit.
        out.u8(bindingSid === null ? 0 : 0x10);
        out.u8(0);
        if (bindingSid !== null) out.u32(bindingSid * 4096 + 256);
      });
    }
    if (srv6BindingSid !== undefined) {
      appendShort(out, 20, () => {
        out.u16(0);
        appendStructuredSid(out, srv6BindingSid);
      });
    }
    for (const list of path.segmentLists) {
      out.u8(128);
      out.counted16(() => {
        out.u8(0);
        appendSegments(out, list);
      });
    }
    appendName(out, 130, path.policyName);
    appendName(out, 129, path.candidatePathName);
  });
}

function appendShort(out: ByteWriter, type: number, body: () => void): void {
  out.u8(type);
  out.counted8(body, 'sub-TLV');
}

function appendName(out: ByteWriter, type: number, name: string | undefined): void {
  if (name === undefined) return;
  out.u8(type);
  out.counted16(() => {
    out.u8(0);
    out.raw(new TextEncoder().encode(name));
  });
}
