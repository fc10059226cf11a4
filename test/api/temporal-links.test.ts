// Where an event's link into the Temporal Web UI leads.
import { presentEvent } from '../../src/api/present';
import type { ListedEvent } from '../../src/store/events/read';

const UI = { baseUrl: 'https://ui.example', namespace: 'odoo/eu' };

function anEvent(over: Partial<ListedEvent> = {}): ListedEvent {
  return {
    seq: 1,
    key: 'hq/17',
    source: 'hq',
    pushId: null,
    pullId: '17',
    channel: 'pull',
    model: 'res.partner',
    recordId: 16,
    operation: 'write',
    occurredAtMs: 0,
    receivedAtMs: 0,
    processedAtMs: null,
    priority: 'medium',
    category: null,
    user: null,
    changedFields: null,
    status: 'pending',
    workflowId: null,
    runId: null,
    ...over,
  };
}

test('an event with a run leads to its newest one, every part percent-encoded', () => {
  const { temporal_url: url } = presentEvent(anEvent({ workflowId: 'hq/17', runId: 'run-2' }), UI);
  expect(url).toMatch(
    /^https:\/\/ui\.example\/namespaces\/odoo%2Feu\/workflows\/hq%2F17\/run-2(\/history)?$/,
  );
});

test('an event without a run leads to the search where its run will be found', () => {
  const { temporal_url: url } = presentEvent(anEvent(), UI);
  expect(new URL(url ?? '').searchParams.get('query')).toBe('WorkflowId="hq/17"');
});

test('without the address of a Web UI there is no link', () => {
  expect(presentEvent(anEvent(), { ...UI, baseUrl: null }).temporal_url).toBeNull();
});
