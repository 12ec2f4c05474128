/** `tsbgp rpki`: the sources of RPKI data; `validate` a route; `vrps` and `aspas`, the data. */
import type { Aspa, Vrp } from '@tsbgp/api';
import { type Command, Option } from 'commander';
import { aspaView, rovView } from '../from-rpki.ts';
import type { Invocation } from '../invocation.ts';
import { type Column, TableWriter } from '../terminal/table.ts';
import { counted } from '../terminal/units.ts';
import { asNumber, integer, prefix } from '../values.ts';
import { cacheJson, fileJson, rpkiPage, totalsJson, validationJson, validationPage } from '../views/rpki.ts';

/** The most that the daemon puts on a page. */
const PAGE = 1000;

const ROLES = ['provider', 'customer', 'peer', 'rs', 'rs-client'];

const VRPS: readonly Column<Vrp>[] = [
  { title: 'Prefix', value: (v) => v.prefix, format: () => 'bold' },
  { title: 'Max length', value: (v) => String(v.maxLength), align: 'right' },
  { title: 'AS', value: (v) => String(v.asn), align: 'right' },
  { title: 'From', value: (v) => v.sources.join(', '), dropOrder: 1, shrinkTo: 20, format: () => 'dim' },
];

const ASPAS: readonly Column<Aspa>[] = [
  { title: 'Customer', value: (a) => String(a.customer), align: 'right', format: () => 'bold' },
  { title: 'Providers', value: providersText, shrinkTo: 40 },
  { title: 'From', value: (a) => a.sources.join(', '), dropOrder: 1, shrinkTo: 20, format: () => 'dim' },
];

interface ListOptions {
  readonly limit?: number;
}

interface VrpOptions extends ListOptions {
  readonly as?: number;
  readonly covering?: boolean;
}

interface AspaOptions extends ListOptions {
  readonly provider?: number;
}

interface ValidateOptions {
  readonly asPath?: readonly number[];
  readonly role?: string;
}

export function addRpki(program: Command, invocation: Invocation): void {
  const rpki = program
    .command('rpki')
    .description('show where RPKI data come from; validate a route; show the data')
    .action(() => showSources(invocation));

  rpki
    .command('validate')
    .description('what the data say of a route: which VRPs cover it, and which of them permits it')
    .argument('<prefix>', 'a prefix; an address: its longest one', prefix)
    .argument('[as]', 'the AS that originates it; without it the last one of --as-path', asNumber)
    .option('--as-path <path>', 'its AS path, the neighbor first: "64501 64502"', asPath)
    .addOption(new Option('--role <role>', 'what we are to the neighbor, to verify the path with ASPAs').choices(ROLES))
    .action((wanted: string, originAs: number | undefined, options: ValidateOptions) => validate(invocation, wanted, originAs, options));

  rpki
    .command('vrps')
    .description('show the VRPs that take part in origin validation')
    .argument('[prefix]', 'only for this prefix and those within it', prefix)
    .option('--covering', 'those that cover the prefix, not those within it')
    .option('--as <number>', 'only of this AS', asNumber)
    .option('--limit <number>', 'no more than this many', integer(1, Number.MAX_SAFE_INTEGER, 20))
    .action((wanted: string | undefined, options: VrpOptions) => showVrps(invocation, wanted, options));

  rpki
    .command('aspas')
    .description('show the ASPAs that take part in the verification of AS paths')
    .argument('[customer]', 'only that of this AS', asNumber)
    .option('--provider <number>', 'only those with this provider', asNumber)
    .option('--limit <number>', 'no more than this many', integer(1, Number.MAX_SAFE_INTEGER, 20))
    .action((customer: number | undefined, options: AspaOptions) => showAspas(invocation, customer, options));
}

async function showSources(invocation: Invocation): Promise<void> {
  const totals = await invocation.call((client, options) => client.rpki.getRpki({}, options));
  const { caches } = await invocation.call((client, options) => client.rpki.listCaches({}, options));
  if (invocation.isJson) {
    await invocation.printJson({ ...totalsJson(totals), caches: caches.map(cacheJson), files: totals.files.map(fileJson) });
  } else await invocation.print(...rpkiPage(totals, caches, invocation.view()));
}

async function validate(
  invocation: Invocation,
  wanted: string,
  originAs: number | undefined,
  { asPath: path = [], role = '' }: ValidateOptions,
): Promise<void> {
  const request = { prefix: wanted, originAs, asPath: [...path], role };
  const answer = await invocation.call((client, options) => client.rpki.validate(request, options));
  const view = { prefix: wanted, originAs: originAs ?? path.at(-1), rov: rovView(answer.rov), aspa: aspaView(answer.aspa) };
  if (invocation.isJson) await invocation.printJson({ ...view, ...validationJson(answer) });
  else await invocation.print(...validationPage(view, answer, invocation.view()));
}

async function showVrps(invocation: Invocation, wanted: string | undefined, { covering = false, as, limit }: VrpOptions): Promise<void> {
  const page = async (pageSize: number, pageToken: string) => {
    const request = { prefix: wanted ?? '', covering, asn: as, pageSize, pageToken };
    const { vrps, nextPageToken } = await invocation.call((client, options) => client.rpki.listVrps(request, options));
    return { items: vrps, next: nextPageToken };
  };
  const json = ({ prefix: of, maxLength, asn, sources }: Vrp): object => ({ prefix: of, maxLength, asn, sources });
  await showAll(invocation, page, { columns: VRPS, json, limit, what: 'VRP' });
}

async function showAspas(invocation: Invocation, customer: number | undefined, { provider, limit }: AspaOptions): Promise<void> {
  const page = async (pageSize: number, pageToken: string) => {
    const request = { customer, provider, pageSize, pageToken };
    const { aspas, nextPageToken } = await invocation.call((client, options) => client.rpki.listAspas(request, options));
    return { items: aspas, next: nextPageToken };
  };
  const json = ({ customer: of, providers, sources }: Aspa): object => ({ customer: of, providers, sources });
  await showAll(invocation, page, { columns: ASPAS, json, limit, what: 'ASPA' });
}

interface Listed<T> {
  readonly columns: readonly Column<T>[];
  readonly json: (item: T) => object;
  readonly limit: number | undefined;
  readonly what: string;
}

type Page<T> = (pageSize: number, pageToken: string) => Promise<{ readonly items: readonly T[]; readonly next: string }>;

/** Page after page, each printed as it comes. */
async function showAll<T>(
  invocation: Invocation,
  page: Page<T>,
  { columns, json, limit = Number.POSITIVE_INFINITY, what }: Listed<T>,
): Promise<void> {
  const writer = new TableWriter(columns, invocation.view());
  let [count, token] = [0, ''];
  do {
    const { items, next } = await page(Math.min(PAGE, limit - count), token);
    token = next;
    count += items.length;
    if (items.length === 0) continue;
    if (invocation.isJson) await invocation.printJsonLines(items.map(json));
    else await invocation.print(...writer.lines(items));
  } while (token !== '' && count < limit);
  if (invocation.isJson) return;
  if (count === 0) await invocation.print(`no ${what}s`);
  else if (token !== '') await invocation.print(`the first ${counted(count, what)}`);
}

/** 0 alone: it has none. */
function providersText({ providers }: Aspa): string {
  return providers.length === 1 && providers[0] === 0 ? 'none' : providers.join(' ');
}

function asPath(text: string): number[] {
  return text
    .trim()
    .split(/[\s,]+/)
    .map(asNumber);
}
