/** `tsbgp replay`: options and help. What does the work is loaded when the command runs. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Invocation } from '../invocation.ts';
import type { ReplayOptions } from '../mrt/replay.ts';
import { address, asNumber, integer, listOf } from '../values.ts';

const HELP = `
Tables come at once, then End-of-RIB, then UPDATEs at the pace at which they were
received. The router needs a neighbor with our address and AS. AS paths and next
hops are those of the file. The session stays until Ctrl-C, and so do the routes.

Examples:
  tsbgp replay rib.bz2 --to 192.0.2.1 --local-as 64501 --remote-as 64500
  tsbgp replay updates.*.gz --to [2001:db8::1]:1179 --local-as 64501 --remote-as 64500 --peer 203.0.113.7 --speed 10
`;

const PORT = 179;
const SPEED_MAX = 1_000_000;
const WAIT_SECONDS = 60;

export function addReplay(program: Command, invocation: Invocation): void {
  program
    .command('replay')
    .description('play MRT files to a router as one of its neighbors; needs no daemon')
    .argument('<file...>', 'MRT files, plain or packed')
    .requiredOption('--to <address>', 'the router: an address, or one with a port, e.g. 192.0.2.1:1179 or [2001:db8::1]:1179', target)
    .requiredOption('--local-as <number>', 'our AS', asNumber)
    .requiredOption('--remote-as <number>', 'the AS of the router', asNumber)
    .option('--router-id <address>', 'our BGP identifier', routerId, '192.0.2.254')
    .option('--local-address <address>', 'the address that we connect from', address)
    .option('--md5-key <key>', 'key of TCP MD5 (RFC 2385)')
    .option('--peer <peers>', 'whose routes: addresses of peers in the file, or their AS numbers (default: all)', listOf(peer))
    .option('--speed <factor>', 'so many times faster than it happened, or max: at once', speed, 1)
    .option('--exit', 'end the session when all is sent')
    .option('--wait <seconds>', 'how long to wait for the session', integer(1, 86_400, 60), WAIT_SECONDS)
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ReplayOptions) => {
      const { runReplay } = await import('../mrt/replay.ts');
      await runReplay(invocation, files, options);
    });
}

function target(text: string): ReplayOptions['to'] {
  const [, bracketed, plain, port = String(PORT)] = /^(?:\[([^\]]+)\]|([^:]+|[^[\]]*:[^[\]]*:[^[\]]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = Number(port);
  if (host === undefined || number < 1 || number > 65_535) {
    throw new InvalidArgumentError('Allowed: e.g. 192.0.2.1, 192.0.2.1:1179 or [2001:db8::1]:1179.');
  }
  return { host: address(host), port: number };
}

function routerId(text: string): string {
  if (text.includes(':')) throw new InvalidArgumentError('Allowed: four octets, e.g. 192.0.2.254.');
  return address(text);
}

function peer(text: string): string {
  return text.includes('.') || text.includes(':') ? address(text) : String(asNumber(text));
}

function speed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const factor = /^\d{1,7}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(factor > 0 && factor <= SPEED_MAX))
    throw new InvalidArgumentError(`Allowed: a number above 0 and up to ${SPEED_MAX}, or max, e.g. 10.`);
  return factor;
}
