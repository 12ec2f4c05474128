/** The options of `tsbgp route add`, and the path attributes that they become. */
import { type PathAttribute, parseAttribute } from '@tsbgp/wire';
import { type Command, Option } from 'commander';
import { address, checkedBy, integer, listOf } from './values.ts';

export interface RouteOptions {
  readonly nextHop?: string;
  readonly asPath?: string;
  readonly origin?: string;
  readonly med?: number;
  readonly localPref?: number;
  readonly community?: readonly string[];
  readonly largeCommunity?: readonly string[];
  readonly extCommunity?: readonly string[];
}

export function addRouteOptions(command: Command): Command {
  return command
    .option('--next-hop <address>', 'where packets go', address)
    .option('--as-path <path>', 'e.g. "65001 65002 {65003}"; without: empty, the route is ours', checked('AS_PATH'))
    .addOption(new Option('--origin <origin>', 'without: igp').choices(['igp', 'egp', 'incomplete']))
    .option('--med <number>', 'MULTI_EXIT_DISC', integer(0, 4_294_967_295, 50))
    .option('--local-pref <number>', 'LOCAL_PREF', integer(0, 4_294_967_295, 200))
    .option('--community <list>', '65000:100, no-export; several behind commas or repeated', listOf(checked('COMMUNITIES')))
    .option('--large-community <list>', '65000:1:2', listOf(checked('LARGE_COMMUNITIES')))
    .option('--ext-community <list>', 'rt:65000:100, ro:…, 0x and 16 digits', listOf(checked('EXTENDED_COMMUNITIES')));
}

/** All attributes but NEXT_HOP, in the order of their type codes. */
export function attributesOf(options: RouteOptions): PathAttribute[] {
  const texts: readonly (readonly [name: string, text: string | undefined])[] = [
    ['ORIGIN', options.origin],
    ['AS_PATH', options.asPath],
    ['MULTI_EXIT_DISC', options.med?.toString()],
    ['LOCAL_PREF', options.localPref?.toString()],
    ['COMMUNITIES', options.community?.join(' ')],
    ['EXTENDED_COMMUNITIES', options.extCommunity?.join(' ')],
    ['LARGE_COMMUNITIES', options.largeCommunity?.join(' ')],
  ];
  return texts.flatMap(([name, text]) => (text === undefined ? [] : [parseAttribute(name, text)]));
}

/** Returns the text itself, if it is a value of the attribute. */
function checked(name: string): (text: string) => string {
  return checkedBy((text) => {
    parseAttribute(name, text);
    return text;
  });
}
