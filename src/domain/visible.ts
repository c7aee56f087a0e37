/**
 * What a text that a client sends may show: for inputs only. It asks the runtime's Unicode tables, which differ from one
 * version of Node to the next, so that nothing in the log may be read by it (R45).
 */

/**
 * Controls, lone surrogates, private and unassigned characters, line separators, and what is never seen: overrides of
 * the direction of text, zero-width spaces, fillers, annotations.
 */
const HIDDEN = String.raw`\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb`

/** After a character: which of its forms is meant (U+FE0F: as an emoji), then a joiner, as emoji and scripts need it. */
const FORM = String.raw`[\ufe00-\ufe0f\u180b-\u180d\u180f\u{e0100}-\u{e01ef}]?[\u200c\u200d]?`

/** A flag of a part of a country, such as Scotland: a black flag, and its code in characters that are not seen. */
const FLAG = String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]+\u{e007f}`

const PRINTABLE = new RegExp(String.raw`^(?:(?:${FLAG}|[^${HIDDEN}\p{Z}])${FORM}|\p{Zs})+$`, "u")

/** The blank of Braille is not a space, but looks like one. */
const SEEN = /[^\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Whether all of a text is visible, or a space between what is. */
export function isVisible(text: string): boolean {
  return PRINTABLE.test(text) && SEEN.test(text)
}
