/**
 * Whether a client's text is visible: for inputs only. It uses the runtime's Unicode tables, which differ
 * between versions of Node, so nothing in the log may be read with it (R45).
 */

/**
 * Controls, lone surrogates, private and unassigned characters, line separators, and invisible characters:
 * overrides of the text's direction, zero-width spaces, fillers, annotations.
 */
const HIDDEN = String.raw`\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb`

/**
 * What may follow a character: the form that is meant (U+FE0F: as an emoji), then a joiner for emoji and
 * scripts.
 */
const FORM = String.raw`[\ufe00-\ufe0f\u180b-\u180d\u180f\u{e0100}-\u{e01ef}]?[\u200c\u200d]?`

/** The flag of a part of a country, such as Scotland: a black flag, then its code in invisible characters. */
const FLAG = String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]+\u{e007f}`

const PRINTABLE = new RegExp(String.raw`^(?:(?:${FLAG}|[^${HIDDEN}\p{Z}])${FORM}|\p{Zs})+$`, "u")

/** At least one visible character. The Braille blank (U+2800) is not a space but looks like one. */
const SEEN = /[^\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Whether all characters of a text are visible or spaces, and at least one is visible. */
export function isVisible(text: string): boolean {
  return PRINTABLE.test(text) && SEEN.test(text)
}
