// Which faults are armed, and how much of their bounds is left.
// Decides whether a fault happens now; what it does is written where it happens.

import type { Endpoint, Fault, FaultBox } from './fault-types';

type FaultOf<K extends Fault['kind']> = Extract<Fault, { readonly kind: K }>;

export class ArmedFaults implements FaultBox {
  private faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    this.faults = faults;
  }

  get armed(): readonly Fault[] {
    return this.faults;
  }

  arm(fault: Fault): void {
    this.faults = [...this.faults, fault];
  }

  set(faults: readonly Fault[]): void {
    this.faults = [...faults];
  }

  clear(kind?: Fault['kind']): void {
    this.faults = kind === undefined ? [] : this.faults.filter((fault) => fault.kind !== kind);
  }

  /** An occasion for a fault of this kind: it uses up one of its bounds. Null: no harm this time. */
  occur<K extends Fault['kind']>(kind: K, endpoint: Endpoint | 'unknown' | null): FaultOf<K> | null {
    for (const fault of this.faults) {
      if (!isKind(fault, kind) || !isOn(fault, endpoint)) continue;
      const { skip = 0, times = Infinity } = fault;
      if (skip > 0) {
        this.replace(fault, { ...fault, skip: skip - 1 });
        return null;
      }
      if (times <= 1) this.replace(fault, null);
      else if (times < Infinity) this.replace(fault, { ...fault, times: times - 1 });
      if (times > 0) return fault;
    }
    return null;
  }

  private replace(fault: Fault, left: Fault | null): void {
    this.faults = this.faults.flatMap((each) => (each === fault ? (left ?? []) : each));
  }
}

function isKind<K extends Fault['kind']>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

function isOn(fault: Fault, endpoint: Endpoint | 'unknown' | null): boolean {
  if (fault.endpoints === undefined || endpoint === null) return true;
  return endpoint !== 'unknown' && fault.endpoints.includes(endpoint);
}
