/** Encodes PDUs of the RPKI-to-router protocol (RFC 8210 §5). */
import { ByteWriter, parsePrefix, ValueError } from '@tsbgp/wire';
import { PduType, type RtrVersion } from './codes.ts';
import { HEADER_LENGTH } from './decode.ts';
import type { Pdu, RtrFault, RtrIntervals } from './pdu.ts';

const NO_INTERVALS: RtrIntervals = { refresh: 3600, retry: 600, expire: 7200 };

/** Throws ValueError when the value is no valid PDU: a prefix that is none, or of the other family. */
export function encodePdu(pdu: Pdu): Uint8Array {
  const out = new ByteWriter(64);
  appendPdu(out, pdu);
  return out.take();
}

/** As `encodePdu`, at the end of `out`. */
export function appendPdu(out: ByteWriter, pdu: Pdu): void {
  const { version } = pdu;
  switch (pdu.type) {
    case 'serial-notify':
      header(out, version, PduType.SerialNotify, pdu.sessionId, 4);
      return out.u32(pdu.serial);
    case 'serial-query':
      header(out, version, PduType.SerialQuery, pdu.sessionId, 4);
      return out.u32(pdu.serial);
    case 'reset-query':
      return header(out, version, PduType.ResetQuery, 0, 0);
    case 'cache-response':
      return header(out, version, PduType.CacheResponse, pdu.sessionId, 0);
    case 'ipv4-prefix':
    case 'ipv6-prefix':
      return appendPrefix(out, pdu);
    case 'end-of-data': {
      header(out, version, PduType.EndOfData, pdu.sessionId, version === 0 ? 4 : 16);
      out.u32(pdu.serial);
      if (version === 0) return;
      const { refresh, retry, expire } = pdu.intervals ?? NO_INTERVALS;
      out.u32(refresh);
      out.u32(retry);
      return out.u32(expire);
    }
    case 'cache-reset':
      return header(out, version, PduType.CacheReset, 0, 0);
    case 'router-key':
      header(out, version, PduType.RouterKey, pdu.flags << 8, 24 + pdu.subjectPublicKeyInfo.length);
      if (pdu.subjectKeyIdentifier.length !== 20) {
        throw new ValueError(`subject key identifier: found ${pdu.subjectKeyIdentifier.length} octets, allowed 20`);
      }
      out.raw(pdu.subjectKeyIdentifier);
      out.u32(pdu.asn);
      return out.raw(pdu.subjectPublicKeyInfo);
    case 'error-report': {
      const text = new TextEncoder().encode(pdu.text);
      header(out, version, PduType.ErrorReport, pdu.code, 8 + pdu.pdu.length + text.length);
      out.u32(pdu.pdu.length);
      out.raw(pdu.pdu);
      out.u32(text.length);
      return out.raw(text);
    }
    default:
      header(out, version, PduType.Aspa, pdu.flags << 8, 4 + 4 * pdu.providers.length);
      out.u32(pdu.customer);
      for (const provider of pdu.providers) out.u32(provider);
  }
}

/** The Error Report that says a fault (RFC 8210 §5.10). */
export function errorReport(version: RtrVersion, { code, reason, pdu }: RtrFault): Pdu {
  return { version, type: 'error-report', code, pdu, text: reason };
}

function header(out: ByteWriter, version: number, type: number, field: number, bodyLength: number): void {
  out.u8(version);
  out.u8(type);
  out.u16(field);
  out.u32(HEADER_LENGTH + bodyLength);
}

function appendPrefix(
  out: ByteWriter,
  { type, version, flags, prefix, maxLength, asn }: Pdu & { type: 'ipv4-prefix' | 'ipv6-prefix' },
): void {
  const size = type === 'ipv4-prefix' ? 4 : 16;
  const parsed = parsePrefix(prefix);
  if (parsed?.address.length !== size) {
    throw new ValueError(
      `"${prefix}" is not an ${size === 4 ? 'IPv4' : 'IPv6'} prefix, e.g. "${size === 4 ? '192.0.2.0/24' : '2001:db8::/32'}"`,
    );
  }
  header(out, version, size === 4 ? PduType.Ipv4Prefix : PduType.Ipv6Prefix, 0, 8 + size);
  out.u8(flags);
  out.u8(parsed.bits);
  out.u8(maxLength);
  out.u8(0);
  out.raw(parsed.address);
  out.u32(asn);
}
