// The namespace Jisr works in: that it is there, and keeps closed runs long enough to look back.
import { isGrpcServiceError, type ConnectionLike } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import type { Logger } from '../logger';

const DAY_MS = 86_400_000;
const RETENTION_DAYS = 30;
/** By its code: over a native connection the details are empty. */
const GRPC_NOT_FOUND = 5;

/** Thrown when the namespace does not exist: the message has the command that makes it. */
export class NamespaceMissing extends Error {}

/** Lengthens a shorter retention where the server allows it; where not, says so and goes on. */
export async function prepareNamespace(
  connection: ConnectionLike,
  namespace: string,
  log: Logger,
): Promise<void> {
  const known = await describe(connection, namespace);
  const seconds = Number(known.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (seconds * 1_000 >= RETENTION_DAYS * DAY_MS) return;
  try {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: msToTs(RETENTION_DAYS * DAY_MS) },
    });
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    log.warn(
      { namespace, error: error.message },
      'retention of closed runs stays as it is: set it to 30 days',
    );
  }
}

async function describe(connection: ConnectionLike, namespace: string) {
  try {
    return await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    const code: number | null = isGrpcServiceError(error) ? error.code : null;
    if (code !== GRPC_NOT_FOUND) throw error;
    throw new NamespaceMissing(
      `Temporal has no namespace "${namespace}": run \`temporal operator namespace create --namespace ${namespace} --retention ${RETENTION_DAYS}d\`, or set TEMPORAL_NAMESPACE`,
      { cause: error },
    );
  }
}
