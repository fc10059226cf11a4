// For activities that run without a worker.
import { DefaultLogger } from '@temporalio/worker';

/** Their failures are wanted. */
export const QUIET = { logger: new DefaultLogger('ERROR') };
