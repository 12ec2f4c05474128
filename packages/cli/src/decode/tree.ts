/** BGP values as trees for people. */
import {
  type Attribute,
  attributeName,
  Fault,
  formatAttributeValue,
  formatCapability,
  formatFamily,
  formatMessage,
  formatNlri,
  type Nlri,
  notificationCodeName,
  notificationSubcodeName,
  type OpenMessage,
  openAs,
  type PathAttribute,
  type Tlv,
  toHex,
  type UpdateMessage,
} from '@tsbgp/wire';
import { printable, type Style } from '../terminal/style.ts';
import type { ReadOutcome } from './conversation.ts';
import { type UpdateParts, updateParts } from './message-parts.ts';

export interface Node {
  readonly label: string;
  readonly value?: string;
  readonly children?: readonly Node[];
  /** The node says what is wrong. */
  readonly isFault?: boolean;
}

/** The lines of a tree; the first is `node` itself. Values of siblings are aligned. */
export function treeLines(node: Node, style: Style): string[] {
  return [line(node, 0, style), ...below(node, '', style)];
}

function below(node: Node, indent: string, style: Style): string[] {
  const children = node.children ?? [];
  const width = Math.max(0, ...children.filter(({ value }) => value !== undefined).map(({ label }) => label.length));
  return children.flatMap((child, i) => {
    const isLast = i === children.length - 1;
    return [
      `${style('dim', `${indent}${isLast ? '└─' : '├─'}`)} ${line(child, width, style)}`,
      ...below(child, `${indent}${isLast ? '   ' : '│  '}`, style),
    ];
  });
}

function line({ label, value, isFault }: Node, width: number, style: Style): string {
  if (isFault === true) return style('red', printable(value === undefined ? label : `${label}: ${value}`));
  if (value === undefined) return style('bold', printable(label));
  if (value === '') return style('cyan', printable(label));
  return `${style('cyan', printable(label).padEnd(width))}  ${printable(value)}`;
}

/** `bytes` is the whole message. An UPDATE that cannot be read as a whole is shown by its parts. */
export function messageNode(bytes: Uint8Array, { message, context }: ReadOutcome): Node {
  const { length } = bytes;
  if (message instanceof Fault) {
    const parts = updateParts(bytes, context);
    const name = parts === undefined ? 'message' : 'UPDATE';
    return { label: `${name}, ${length} octets`, children: [faultNode(message), ...(parts === undefined ? [] : partNodes(parts))] };
  }
  const title = `${message.type.toUpperCase()}, ${length} octets`;
  switch (message.type) {
    case 'open':
      return { label: title, children: openNodes(message) };
    case 'update':
      return { label: title, children: updateNodes(message) };
    case 'keepalive':
      return { label: title };
    default:
      return { label: title, children: [{ label: formatMessage(message).slice(message.type.length + 1) }] };
  }
}

function partNodes({ withdrawn, attributes, nlri }: UpdateParts): Node[] {
  const nodes: Node[] = [];
  const routes = (label: string, list: readonly Nlri[] | Fault): void => {
    if (list instanceof Fault) nodes.push({ label, children: [faultNode(list)] });
    else if (list.length > 0) nodes.push({ label, children: list.map(nlriNode) });
  };
  routes('withdrawn', withdrawn);
  if (attributes.length > 0) nodes.push({ label: 'path attributes', children: attributes.map(attributeNode) });
  routes('NLRI', nlri);
  return nodes;
}

const ACTIONS: Record<Fault['action'], string> = {
  reset: 'ends the session',
  disable: 'disables the family',
  withdraw: 'routes are treated as withdrawn',
  discard: 'the attribute is discarded',
};

export function faultNode({ action, code, subcode, reason, data }: Fault): Node {
  const name = `${notificationCodeName(code)}, ${notificationSubcodeName(code, subcode)}`;
  const children = data.length === 0 ? [] : [{ label: 'data', value: toHex(data) }];
  return { label: `${reason} (${ACTIONS[action]}; ${code}/${subcode} ${name})`, children, isFault: true };
}

function openNodes(open: OpenMessage): Node[] {
  const nodes: Node[] = [
    { label: 'version', value: String(open.version) },
    { label: 'AS', value: openAs(open) === open.as ? String(open.as) : `${openAs(open)} (in the field ${open.as})` },
    { label: 'hold time', value: `${open.holdTimeSeconds} s` },
    { label: 'BGP identifier', value: open.bgpIdentifier },
  ];
  if (open.capabilities.length > 0) {
    nodes.push({ label: 'capabilities', children: open.capabilities.map((capability) => named(formatCapability(capability))) });
  }
  if (open.otherParameters.length > 0) {
    nodes.push({
      label: 'other parameters',
      children: open.otherParameters.map((parameter) => ({
        label: JSON.stringify(parameter, (_key, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value)),
      })),
    });
  }
  return nodes;
}

function updateNodes(update: UpdateMessage): Node[] {
  const nodes: Node[] = [];
  if (update.fault !== undefined) nodes.push(faultNode(update.fault));
  if (update.endOfRib !== undefined) nodes.push({ label: 'End-of-RIB', value: formatFamily(update.endOfRib) });
  if (update.withdrawn.length > 0) nodes.push({ label: 'withdrawn', children: update.withdrawn.map(nlriNode) });
  if (update.attributes.length > 0 && update.endOfRib === undefined)
    nodes.push({ label: 'path attributes', children: update.attributes.map(attributeNode) });
  if (update.nlri.length > 0) nodes.push({ label: 'NLRI', children: update.nlri.map(nlriNode) });
  return nodes;
}

export function nlriNode(nlri: Nlri): Node {
  return { label: formatNlri(nlri) };
}

type TlvAttribute = Extract<PathAttribute, { value: Tlv[] }>;

/** An attribute that is a list of long items has one line for each item. */
export function attributeNode(attribute: PathAttribute): Node {
  const label = attributeName(attribute);
  switch (attribute.type) {
    case 'mp-reach-nlri':
    case 'mp-unreach-nlri': {
      const { family, nlri } = attribute.value;
      const head: Node[] = [{ label: 'family', value: formatFamily(family) }];
      if (attribute.type === 'mp-reach-nlri') {
        const { nextHops, nextHopOctets } = attribute.value;
        head.push({ label: 'next hop', value: nextHopOctets === undefined ? nextHops.join(' ') || 'none' : `0x${toHex(nextHopOctets)}` });
      }
      return { label, children: [...head, { label: 'NLRI', children: nlri.map(nlriNode) }] };
    }
    case 'tunnel-encapsulation':
    case 'aigp':
    case 'bgp-ls':
    case 'prefix-sid':
      return { label, children: attribute.value.map((tlv) => named(formatAttributeValue({ ...attribute, value: [tlv] } as TlvAttribute))) };
    default:
      return { label, value: formatAttributeValue(attribute as Exclude<PathAttribute, Attribute<'mp-reach-nlri', never>>) };
  }
}

/** Splits "word the rest": the word becomes the label. */
function named(text: string): Node {
  const space = text.indexOf(' ');
  return space === -1 ? { label: text, value: '' } : { label: text.slice(0, space), value: text.slice(space + 1) };
}
