// Goes on with bulk acts that are not over and whose workflow is gone: the row, not Temporal, says how far one is.
// What a person ended in the Web UI stays ended.
import type { ReplayRuns } from '../contracts/replay-runs';
import type { Database } from '../store/database';
import { openReplays, setReplayState } from '../store/replays/rows';

export async function goOnWithReplays(db: Database, runs: ReplayRuns): Promise<void> {
  for (const replay of await openReplays(db)) {
    const fate = await runs.fateOf(replay.id);
    if (fate === 'gone') await runs.start(replay);
    if (fate === 'ended-by-hand')
      await setReplayState(db, replay.id, 'aborted', 'its workflow was ended in the Temporal Web UI');
  }
}
