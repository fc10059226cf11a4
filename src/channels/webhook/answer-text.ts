// Reads the beginning of a subscriber's answer, for people to look at.
// Must never read without end, nor lose what came before the connection broke.

/** What is kept of an answer. */
const KEPT_BYTES = 2_048;
/** An answer read to its end leaves the connection usable; one longer than this is not worth it. */
const MAX_READ_BYTES = 65_536;

export interface AnswerText {
  readonly text: string;
  /** Why it was not read to its end: null when it was, or when it was too long to be of interest. */
  readonly broken: { readonly error: unknown } | null;
}

export async function readAnswerText(body: AsyncIterable<Uint8Array>): Promise<AnswerText> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  let broken: AnswerText['broken'] = null;
  try {
    for await (const piece of body) {
      if (bytes < KEPT_BYTES) kept.push(piece.subarray(0, KEPT_BYTES - bytes));
      bytes += piece.byteLength;
      if (bytes > MAX_READ_BYTES) break; // destroys the body, and with it the connection
    }
  } catch (error) {
    broken = { error };
  }
  // `stream`: half a character at the end is left out. PostgreSQL's text takes no NUL.
  const text = new TextDecoder().decode(Buffer.concat(kept), { stream: true }).replaceAll('\0', '\ufffd');
  return { text, broken };
}
