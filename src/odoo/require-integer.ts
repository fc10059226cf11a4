// Refuses a number before Odoo would misunderstand it: that is a fault of ours, not of Odoo.

/** @throws RangeError */
export function requireInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`);
}
