/** Changes words of a text: octets alone would seldom leave a text that is read beyond its first statement. */
import type { Random } from './random.ts';

const NUMBERS = ['0', '1', '-1', '255', '256', '65535', '65536', '4294967295', '4294967296', '1e9', '0x', '0xff', '99999999999999999999'];
const WORDS = [
  ...'{ } [ ] ( ) ; , : / " \' \\ # * self true disable __proto__ constructor'.split(' '),
  ...'0.0.0.0/0 192.0.2.1/33 ::/0 2001:db8::1 10.0.0.0/8-32 65000:1 65536:0:0'.split(' '),
  '\n',
];

/** A text in which one word is another one, is gone, stands twice, or has moved. `other` gives words. */
export function changeWord(text: string, other: string, random: Random): string {
  const words = split(text);
  if (words.length === 0) return pick(WORDS, random);
  const at = random.below(words.length);
  switch (random.below(7)) {
    case 0:
      words[at] = pick(NUMBERS, random);
      break;
    case 1:
      words[at] = pick(WORDS, random);
      break;
    case 2:
      words.splice(at, 1 + random.below(3));
      break;
    case 3:
      words.splice(at, 0, ...words.slice(at, at + 1 + random.below(8)));
      break;
    case 4: {
      const block = words.splice(at, 1 + random.below(12));
      words.splice(random.below(words.length + 1), 0, ...block);
      break;
    }
    default: {
      const theirs = split(other);
      if (theirs.length === 0) break;
      const from = random.below(theirs.length);
      const block = theirs.slice(from, from + 1 + random.below(random.oneIn(4) ? 24 : 3));
      words.splice(at, random.oneIn(2) ? 1 : 0, ...block);
    }
  }
  return words.join(' ');
}

/** Words and marks; the ends of lines are marks, since comments end there. */
function split(text: string): string[] {
  return text.match(/\n|[{}[\]();,]|[^\s{}[\]();,]+/g) ?? [];
}

function pick(list: readonly string[], random: Random): string {
  return list[random.below(list.length)]!;
}
