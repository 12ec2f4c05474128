/**
 * The text of an OPEN after the word `open`. The version is left out when it is 4.
 *
 *     as 65001 hold-time 90 bgp-identifier 192.0.2.1 capabilities { multiprotocol ipv4-unicast } parameters { 1 0x0a } extended-parameters
 */
import { formatIpv4 } from '../address.ts';
import { toHex } from '../bytes.ts';
import { formatCapability, parseCapability } from '../capabilities/capabilities.ts';
import { ValueError } from '../fault.ts';
import type { OpenMessage } from '../messages/open.ts';
import { dottedQuad } from '../parts/ipv4.ts';
import { formatGroup } from '../words.ts';
import { Words } from './words.ts';

const VERSION = 4;
const IDENTIFIER = 'a BGP identifier, e.g. "192.0.2.1"';
const ALLOWED = 'version, as, hold-time, bgp-identifier, capabilities, parameters or extended-parameters';

export function formatOpen(message: OpenMessage): string {
  const words = message.version === VERSION ? [] : [`version ${message.version}`];
  words.push(`as ${message.as} hold-time ${message.holdTimeSeconds} bgp-identifier ${message.bgpIdentifier}`);
  if (message.capabilities.length > 0) words.push('capabilities', formatGroup(message.capabilities.map(formatCapability)));
  if (message.otherParameters.length > 0) {
    words.push('parameters', formatGroup(message.otherParameters.map(({ code, bytes }) => `${code} 0x${toHex(bytes)}`)));
  }
  if (message.extendedParameters === true) words.push('extended-parameters');
  return words.join(' ');
}

/** Throws ValueError. */
export function parseOpen(text: string): OpenMessage {
  const words = new Words(text);
  const open: Partial<OpenMessage> = {};
  let extended = false;
  while (words.more()) {
    const key = words.next(ALLOWED);
    if (key === 'version') open.version = words.number(0xff, 'version');
    else if (key === 'as') open.as = words.number(0xffff, 'AS number of two octets');
    else if (key === 'hold-time') open.holdTimeSeconds = words.number(0xffff, 'hold time in seconds');
    else if (key === 'bgp-identifier') open.bgpIdentifier = formatIpv4(dottedQuad('BGP identifier', words.next(IDENTIFIER)));
    else if (key === 'capabilities') open.capabilities = words.group().map(parseCapability);
    else if (key === 'parameters') open.otherParameters = words.group().map(parseParameter);
    else if (key === 'extended-parameters') extended = true;
    else throw new ValueError(`found "${key}", allowed is ${ALLOWED}`);
  }
  const { version = VERSION, as, holdTimeSeconds, bgpIdentifier, capabilities = [], otherParameters = [] } = open;
  if (as === undefined || holdTimeSeconds === undefined || bgpIdentifier === undefined) {
    throw new ValueError(
      `"open ${text}" lacks as, hold-time or bgp-identifier, e.g. "open as 65001 hold-time 90 bgp-identifier 192.0.2.1"`,
    );
  }
  const message: OpenMessage = { type: 'open', version, as, holdTimeSeconds, bgpIdentifier, capabilities, otherParameters };
  return extended ? { ...message, extendedParameters: true } : message;
}

function parseParameter(text: string): { code: number; bytes: Uint8Array } {
  const words = new Words(text);
  const parameter = { code: words.number(0xff, 'type of an optional parameter'), bytes: words.octets() };
  words.end('one type and its octets');
  return parameter;
}
