// A process that wants a data folder: told a folder, it tries to lock it and tells how that went.
// Never releases it: its test ends it with kill -9.

import { FolderInUseError, openDataFolder } from '../../src/data-folder';

process.on('message', (dir: string) => {
  process.send?.(tryLock(dir));
});
// Keeps no orphan behind when the test dies.
process.on('disconnect', () => process.exit());
process.send?.('ready');

function tryLock(dir: string): string {
  try {
    openDataFolder(dir).lock();
    return 'locked';
  } catch (error) {
    if (error instanceof FolderInUseError) return error.message;
    throw error;
  }
}
