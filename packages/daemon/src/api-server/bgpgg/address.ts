/** Addresses of peers. bgpgg's documents give IP:PORT in every call: both forms are read, and the answer is the bare address. */
import { invalidArgument } from '../../control-error.ts';
import type { Endpoint } from '../../control-plane.ts';
import { Refusal } from '../../keys/fields.ts';
import { readEndpoint, readHostAddress } from '../../keys/values.ts';
import { quote } from '../../quote.ts';

/** The port is undefined where the text has none. Throws ControlError `invalid-argument`. */
export function peerAddress(text: string, field: string): { readonly address: string; readonly port: number | undefined } {
  const bare = readHostAddress(text.replace(/^\[(.*)\]$/, '$1'));
  if (typeof bare === 'string') return { address: bare, port: undefined };
  const endpoint: Endpoint | Refusal = readEndpoint(text);
  if (endpoint instanceof Refusal || endpoint.port === 0) {
    const allowed = 'allowed is an address, alone or with a port, e.g. "192.0.2.1:179" or "[2001:db8::1]:179"';
    throw invalidArgument(field, `found ${quote(text)}, ${allowed}`);
  }
  // The address of one host: not 0.0.0.0, not a multicast address.
  const address = readHostAddress(endpoint.host);
  if (typeof address === 'string') return { address, port: endpoint.port };
  throw invalidArgument(field, `found ${quote(text)}: ${address.because ?? 'not the address of a host'}`);
}
