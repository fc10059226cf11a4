// An activity that runs as a local one first: cheap while all is well. When that fails it becomes a normal
// one, with the full retry policy, which an operator can see.
import { isCancellation } from '@temporalio/workflow';

export function firstLocally<In extends readonly unknown[], Out>(
  locally: (...input: In) => Promise<Out>,
  visibly: (...input: In) => Promise<Out>,
): (...input: In) => Promise<Out> {
  return async (...input) => {
    try {
      return await locally(...input);
    } catch (error) {
      // By no other class: a timeout that comes as an ActivityFailure is replayed as a bare TimeoutFailure.
      if (isCancellation(error)) throw error;
      return visibly(...input);
    }
  };
}
