// The ids of pushed events by which Odoo may be told that they are processed.

/** Only a row's id can be marked; other senders may use any text. */
export function rowIds(pushId: string | null): readonly number[] {
  return pushId !== null && /^[1-9]\d{0,14}$/.test(pushId) ? [Number(pushId)] : [];
}
