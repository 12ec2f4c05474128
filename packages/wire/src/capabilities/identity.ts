/**
 * What the peer calls itself. Only for people to read.
 *
 *   73 fqdn (draft-walton-bgp-hostname-capability): host name and domain name, each after its length in one octet
 *   75 software-version (draft-abraitis-bgp-version-capability): text after its length in one octet
 *
 * Text that is not UTF-8 is kept as octets of an unknown capability.
 */
import type { ByteWriter } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { TEXT } from '../parts/json-form.ts';
import { decodeUtf8, quote, unquote } from '../words.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { noMoreWords } from './text.ts';

/** FQDN (draft-walton-bgp-hostname-capability): host and domain name of the sender. */
export interface FqdnCapability {
  type: 'fqdn';
  hostname: string;
  domain: string;
}

/** Software Version (draft-abraitis-bgp-version-capability). */
export interface SoftwareVersionCapability {
  type: 'software-version';
  version: string;
}

function encodeText(out: ByteWriter, text: string, what: string, lengthMax: number): void {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > lengthMax) throw new ValueError(`${what}: found ${bytes.length} octets, allowed ${lengthMax}`);
  out.u8(bytes.length);
  out.raw(bytes);
}

export const fqdn: CapabilityCodec<FqdnCapability> = {
  code: CapabilityCode.Fqdn,
  type: 'fqdn',
  name: 'FQDN Capability',
  members: { hostname: TEXT, domain: TEXT },
  decode(bytes, start, end, spans) {
    if (end - start < 2) return undefined;
    const hostEnd = start + 1 + bytes[start]!;
    if (hostEnd >= end || hostEnd + 1 + bytes[hostEnd]! !== end) return undefined;
    const hostname = decodeUtf8(bytes, start + 1, hostEnd);
    const domain = decodeUtf8(bytes, hostEnd + 1, end);
    spans?.numbers(start, ['hostname-length', 1]);
    spans?.leaf('hostname', start + 1, hostEnd, hostname);
    spans?.numbers(hostEnd, ['domain-length', 1]);
    spans?.leaf('domain', hostEnd + 1, end, domain);
    return hostname === undefined || domain === undefined ? undefined : { type: 'fqdn', hostname, domain };
  },
  encode(out, value) {
    encodeText(out, value.hostname, 'host name', 255);
    encodeText(out, value.domain, 'domain name', 255);
  },
  format: (value) => `${quote(value.hostname)} ${quote(value.domain)}`,
  parse([hostname, domain, ...rest]) {
    noMoreWords(rest);
    return { type: 'fqdn', hostname: unquote(hostname), domain: unquote(domain ?? '""') };
  },
};

export const softwareVersion: CapabilityCodec<SoftwareVersionCapability> = {
  code: CapabilityCode.SoftwareVersion,
  type: 'software-version',
  name: 'Software Version Capability',
  members: { version: TEXT },
  decode(bytes, start, end) {
    if (end === start || start + 1 + bytes[start]! !== end) return undefined;
    const version = decodeUtf8(bytes, start + 1, end);
    return version === undefined ? undefined : { type: 'software-version', version };
  },
  encode(out, value) {
    encodeText(out, value.version, 'software version', 254);
  },
  format: (value) => quote(value.version),
  parse([version, ...rest]) {
    noMoreWords(rest);
    return { type: 'software-version', version: unquote(version) };
  },
};
