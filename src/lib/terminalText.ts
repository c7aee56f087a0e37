/**
 * What a terminal obeys instead of showing it: control characters but line breaks and tabs, and those that turn the
 * direction of text. Names come from clients, records of the log from anybody, and answers from whatever has the port.
 */
const OBEYED = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** The text as a terminal may show it. It stays JSON where it was. */
export function shown(text: string): string {
  return text.replace(OBEYED, one => (one === "\n" || one === "\t" ? one : escaped(one)))
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
}
