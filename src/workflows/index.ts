// All workflows of the bundle. Imports nothing that is not for a workflow.
export { DispatchWorkflow } from './dispatch';
export { OdooPullWorkflow } from './odoo-pull';
export { ProcessBatchWorkflow } from './process-batch';
export { ProcessEventWorkflow } from './process-event';
export { ReplayWorkflow } from './replay';
export { RetentionWorkflow } from './retention';
