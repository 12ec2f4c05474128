/** What is wrong with a text in ExaBGP's language: a configuration file or a command. */

/** Found and allowed, without a place; the reader of a file adds the place. */
export class SyntaxFault extends Error {
  /** Line in the text, from 1. */
  readonly line: number;
  /** The sections around the place, outermost first. */
  readonly section: string[] = [];

  constructor(message: string, line = 1) {
    super(message);
    this.line = line;
  }
}

/** Runs what reads a section; a fault in it gets the section's name. */
export function inSection<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SyntaxFault) error.section.unshift(name);
    throw error;
  }
}
