// What is to become of a delivery as it was loaded. The decision itself is the domain's.
import { beforeAttempt, type BeforeAttempt } from '../domain/before-attempt';
import type { LoadedDelivery } from '../store/deliveries/load';

export function nextStep(loaded: LoadedDelivery): BeforeAttempt {
  const { subscription, dueInMs, isSuperseded, blockerDueInMs, circuit } = loaded;
  return beforeAttempt({
    status: subscription.status,
    dueInMs,
    isSuperseded,
    blockerDueInMs,
    circuitOpenForMs: circuit?.openForMs ?? null,
  });
}
