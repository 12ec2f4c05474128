/** The section `processes`: programs that speak ExaBGP's process API. The rules between its keys are in process-rules.ts. */
import { choice, type Descriptor, field, flag, type List, list, Refusal, section, text } from '../keys/fields.ts';
import { readName } from '../keys/route-values.ts';
import { readHostAddress } from '../keys/values.ts';
import { API_VERSIONS, type DaemonProcessConfig, MESSAGE_FORMS, PROCESS_EVENTS, PROCESS_MESSAGES } from '../process-config.ts';

export interface RawProcess {
  name?: string;
  run?: (string | undefined)[];
  encoder?: DaemonProcessConfig['encoder'];
  'api-version'?: DaemonProcessConfig['apiVersion'];
  respawn?: boolean;
  ack?: boolean;
  'on-end'?: DaemonProcessConfig['onEnd'];
  neighbors?: (string | undefined)[];
  events?: (DaemonProcessConfig['events'][number] | undefined)[];
  receive?: (DaemonProcessConfig['receive'][number] | undefined)[];
  send?: (DaemonProcessConfig['send'][number] | undefined)[];
  form?: DaemonProcessConfig['form'];
}

function words<T extends string>(name: string, about: string, values: readonly T[]): Descriptor<(T | undefined)[]> {
  const example = `${name}: [${values[name === 'receive' ? 1 : 0]}]`;
  return list(
    { allowed: `a list of ${values.join(', ')}`, example, about, standard: '[]' },
    choice({ example, about: '', standard: '' }, values),
  );
}

const argument = field(
  { allowed: 'text', example: 'run: [/usr/local/bin/announce.py]', about: '', standard: '' },
  { type: 'text' },
  (value) => {
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string') return new Refusal('wrong-type');
    return value.includes('\0') ? new Refusal('invalid-value', 'an octet of zero') : value;
  },
);

export const PROCESSES: List<(RawProcess | undefined)[]> = list(
  {
    allowed: 'a list of programs',
    example: 'processes: [ { name: anycast, run: [/usr/local/bin/announce.py] } ]',
    about:
      'Programs that announce and withdraw routes, and hear of sessions and UPDATEs, as with ExaBGP: see docs/exabgp.md. Their routes are routes of ' +
      'our own; export policies apply to them.',
    standard: '[]',
  },
  section<RawProcess>(
    { allowed: 'a mapping with name and run', example: '- { name: anycast, run: [/usr/local/bin/announce.py] }', about: '' },
    {
      name: field(
        {
          allowed: 'a name of letters, digits and hyphens, a letter first',
          example: 'name: anycast',
          about: 'Its name: the owner of its routes.',
        },
        { type: 'text' },
        readName,
      ),
      run: list(
        {
          allowed: 'a list of the program and its arguments',
          example: 'run: [/usr/local/bin/announce.py, --interval, "5"]',
          about: 'The program, absolute or found by PATH, and its arguments. No shell reads them. It runs as the user of the daemon.',
        },
        argument,
      ),
      encoder: choice({ example: 'encoder: json', about: 'The form of events and answers.', standard: 'text' }, ['text', 'json']),
      'api-version': field(
        {
          allowed: '4, 5 or 6',
          example: 'api-version: 4',
          about: "The release of ExaBGP that the program was written for: its commands, answers and events are that release's.",
          standard: '5',
        },
        { type: 'integer', min: 4, max: 6 },
        (value) =>
          API_VERSIONS.find((version) => version === value) ?? new Refusal(typeof value === 'number' ? 'invalid-value' : 'wrong-type'),
      ),
      respawn: flag({
        example: 'respawn: false',
        about: 'It is started again when it ends; after 5 times in a minute it stays down.',
        standard: 'true',
      }),
      ack: flag({
        example: 'ack: false',
        about: 'Its commands are answered with done or error, until it says otherwise.',
        standard: 'true',
      }),
      'on-end': choice(
        {
          example: 'on-end: withdraw',
          about:
            'What becomes of its routes when it ends: `keep`, as with ExaBGP, or `withdraw`. Those of a program that is no longer configured are withdrawn.',
          standard: 'keep',
        },
        ['keep', 'withdraw'],
      ),
      neighbors: list(
        {
          allowed: 'a list of addresses of neighbors',
          example: 'neighbors: [192.0.2.1]',
          about: 'The neighbors that it hears of, and that its routes are for.',
          standard: 'all',
        },
        text({ allowed: 'an IPv4 or IPv6 address', example: 'neighbors: [192.0.2.1]', about: '', standard: '' }, readHostAddress),
      ),
      events: words('events', 'What it hears of sessions: that they come up and go down, states, what was negotiated.', PROCESS_EVENTS),
      receive: words('receive', 'The messages of its neighbors that it hears of.', PROCESS_MESSAGES),
      send: words('send', 'The messages to its neighbors that it hears of.', PROCESS_MESSAGES),
      form: choice(
        { example: 'form: consolidate', about: 'How it hears of a message: decoded, as octets, or both.', standard: 'parsed' },
        MESSAGE_FORMS,
      ),
    },
  ),
);

/** `raw` passed the rules. */
export function processConfigs(raw: readonly (RawProcess | undefined)[] | undefined): DaemonProcessConfig[] {
  return present(raw).map((each) => ({
    name: each.name!,
    run: present(each.run),
    encoder: each.encoder ?? 'text',
    apiVersion: each['api-version'] ?? 5,
    respawn: each.respawn ?? true,
    ack: each.ack ?? true,
    onEnd: each['on-end'] ?? 'keep',
    neighbors: each.neighbors && present(each.neighbors),
    events: present(each.events),
    receive: present(each.receive),
    send: present(each.send),
    form: each.form ?? 'parsed',
  }));
}

function present<T>(items: readonly (T | undefined)[] | undefined): T[] {
  return (items ?? []).filter((item) => item !== undefined);
}
