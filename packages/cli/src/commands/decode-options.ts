/** The options of `tsbgp decode`, and what they say of the octets. */
import { DEFAULT_CONTEXT, type Family, parseFamily, type WireContext } from '@tsbgp/wire';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ALL_FAMILIES, type ReadOptions } from '../decode/conversation.ts';
import { MESSAGE_BODIES } from '../decode/message-parts.ts';
import { integer } from '../values.ts';

export interface DecodeOptions {
  readonly as?: 'messages' | 'attributes' | 'nlri' | (typeof MESSAGE_BODIES)[number];
  readonly family?: Family;
  readonly addPath?: ReadonlySet<Family>;
  readonly asSize?: '2' | '4';
  readonly peer?: 'ebgp' | 'ibgp';
  readonly port: number;
  readonly text?: boolean;
}

export function addDecodeOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--as <what>', 'what the octets are (default: found out)').choices(['messages', 'attributes', 'nlri', ...MESSAGE_BODIES]),
    )
    .option('--family <family>', 'of --as nlri, e.g. ipv4-unicast, l2vpn-evpn, bgp-ls', familyOption)
    .option(
      '--add-path <families>',
      'NLRI have path identifiers (RFC 7911): all, or of these families, e.g. ipv4-unicast,ipv6-unicast',
      familiesOption,
    )
    .addOption(new Option('--as-size <octets>', 'octets of an AS number (default: as agreed, else what fits)').choices(['2', '4']))
    .addOption(
      new Option('--peer <kind>', 'judge attributes as from such a peer (default: nothing is discarded for its sender)').choices([
        'ebgp',
        'ibgp',
      ]),
    )
    .option('--port <port>', 'TCP port of BGP in captures', integer(1, 65_535, 179), 179)
    .option('--text', 'a tree, whatever the output is');
}

/** For messages, whose OPENs may say what the options do not. */
export function readOptions({ addPath, asSize, peer }: DecodeOptions): ReadOptions {
  return {
    fourOctetAs: asSize === undefined ? undefined : asSize === '4',
    addPath,
    peerType: peer,
  };
}

/** For octets without a conversation. */
export function contextOf(options: DecodeOptions, fourOctetAs: boolean): WireContext {
  const { addPath = DEFAULT_CONTEXT.addPath, peerType = 'ibgp' } = readOptions(options);
  return { fourOctetAs, addPath, peerType, extendedMessage: true };
}

function familyOption(text: string): Family {
  const family = parseFamily(text);
  if (family === undefined)
    throw new InvalidArgumentError('Allowed is e.g. ipv4-unicast, ipv6-unicast, l2vpn-evpn, bgp-ls or afi-1/safi-1.');
  return family;
}

function familiesOption(text: string): ReadonlySet<Family> {
  if (text === 'all') return ALL_FAMILIES;
  return new Set(text.split(',').map((family) => familyOption(family.trim())));
}
