// How the pull of a source goes, in one line of a check-up. Pure.
import { fail, ok, spanOf, warn, type Finding } from '../../domain/checkups/finding';

export interface PullView {
  readonly name: string;
  readonly state: string;
  readonly state_detail: string | null;
  readonly paused_reason: string | null;
  readonly last_success_at: string | null;
  readonly last_error: { readonly message: string } | null;
}

export function pullFinding(view: PullView, nowMs: number): Finding {
  const area = `odoo ${view.name}`;
  const last = view.last_success_at === null ? null : spanOf(nowMs - Date.parse(view.last_success_at));
  const since = last === null ? 'nothing was pulled yet' : `last pulled ${last} ago`;
  switch (view.state) {
    case 'idle':
    case 'pulling':
      return ok(area, 'pull', `${view.state}, ${since}`);
    case 'paused': {
      const why = view.paused_reason === null ? '' : `: ${view.paused_reason}`;
      return warn(area, 'pull', `paused${why}; ${since}`, `\`jisr sources resume ${view.name}\``);
    }
    case 'holding':
      return warn(area, 'pull', `holding, ${since}`, 'the inbox is full: see that events are processed');
    case 'failing':
      return fail(
        area,
        'pull',
        `failing, ${since}`,
        view.last_error?.message ?? 'the log of the worker says why',
      );
    default:
      return fail(
        area,
        'pull',
        `unknown, ${since}`,
        view.state_detail ?? 'see that Temporal and a worker are up',
      );
  }
}
