/** Whether a text is percent-encoded UTF-8. URL and URLSearchParams accept anything. */
export function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
