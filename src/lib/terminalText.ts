/**
 * What a terminal obeys instead of showing it: control characters other than line breaks and tabs, and characters that
 * change the direction of text. Names come from clients, log records from anybody, answers from whatever holds the port.
 */
const OBEYED = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** The text in a form that is safe to show. JSON stays JSON. */
export function shown(text: string): string {
  return text.replace(OBEYED, one => (one === "\n" || one === "\t" ? one : escaped(one)))
}

/** As JSON escapes it. */
export function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
}
