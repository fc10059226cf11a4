// What a person may do with one event.

export const EVENT_ACTIONS = ['retry', 'discard', 'replay'] as const;
export type EventAction = (typeof EVENT_ACTIONS)[number];
