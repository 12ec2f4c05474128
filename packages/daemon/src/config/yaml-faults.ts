/** YAML syntax errors, in words that help an operator who writes a file by hand. */
import type { ErrorCode } from 'yaml';

const QUOTE = 'such a value needs quotes, as "[::]:179" does';

/** By the code of the parser: the mistake that was found, and in brackets how to correct it. */
const FAULTS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) with an anchor or tag of its own',
  BAD_ALIAS: `a * or & without a name (${QUOTE})`,
  BAD_COLLECTION_TYPE: 'a tag that does not fit its value (tags are not supported)',
  BAD_DIRECTIVE: `a line that begins with % (${QUOTE})`,
  BAD_DQ_ESCAPE: 'a backslash in double quotes that means nothing (write \\\\, or use single quotes)',
  BAD_INDENT: 'a line that is indented otherwise than those it belongs to (items and keys of one list or mapping begin in the same column)',
  BAD_PROP_ORDER: 'an anchor or tag in the wrong place (it goes right in front of the value)',
  BAD_SCALAR_START: `a value that begins with a special character (${QUOTE})`,
  BLOCK_AS_IMPLICIT_KEY:
    'a ": " that cannot be there (two keys in one line, a line that is indented too far, or a value that needs quotes)',
  BLOCK_IN_FLOW: 'a missing comma, or lines of a list or mapping without brackets within [ ] or { }',
  DUPLICATE_KEY: 'a key for the second time',
  IMPOSSIBLE: 'something that cannot be read',
  KEY_OVER_1024_CHARS: 'a key of more than 1024 characters (is a quote not closed?)',
  MISSING_CHAR: 'a place where a quote, bracket, comma, colon or space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key over several lines (is a ":" missing, or a quote or bracket not closed?)',
  MULTIPLE_ANCHORS: 'a value with two anchors',
  MULTIPLE_DOCS: 'a second document (one a file: remove the "---" between them)',
  MULTIPLE_TAGS: 'a value with two tags',
  NON_STRING_KEY: 'a key that is no text (quote the key)',
  RESOURCE_EXHAUSTION: 'more nesting than can be read',
  TAB_AS_INDENT: 'a tab as indentation (indent with spaces)',
  TAG_RESOLVE_FAILED: `a word with ! in front of a value (tags are not supported; ${QUOTE})`,
  UNEXPECTED_TOKEN: `a character that does not belong there (${QUOTE})`,
};

/** Some codes cover several mistakes. The parser's sentence tells them apart. */
const CLOSER: readonly (readonly [code: ErrorCode, sentence: RegExp, fault: string])[] = [
  ['MISSING_CHAR', /closing .quote/, 'a quote that is not closed'],
  ['MISSING_CHAR', /Comments must/, 'a # right behind a value (a comment needs a space before it; quote the value if the # belongs to it)'],
  ['MISSING_CHAR', /Implicit map keys/, 'a line without ":" among keys (write "key: value")'],
  ['MISSING_CHAR', /without - indicator/, 'a line without "-" among the items of a list'],
  ['MISSING_CHAR', /Missing ,/, 'two items without a comma between them (an IPv6 endpoint needs quotes: "[::]:179")'],
  ['MISSING_CHAR', /space after :/, 'a ":" without a space behind it'],
  ['MISSING_CHAR', /end with a?/, 'a [ or { that is not closed'],
  ['BAD_INDENT', /end with a?/, 'a [ or { that is not closed'],
  ['UNEXPECTED_TOKEN', /Unexpected , /, 'a comma too many'],
  ['UNEXPECTED_TOKEN', /empty item/, 'a comma too many'],
  ['UNEXPECTED_TOKEN', /flow-(?:map|seq)-end/, 'a ] or } that closes nothing'],
];

export function yamlFault(code: ErrorCode, sentence: string): string {
  const closer = CLOSER.find(([covered, pattern]) => covered === code && pattern.test(sentence));
  return closer?.[2] ?? FAULTS[code];
}
