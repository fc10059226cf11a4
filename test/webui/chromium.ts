// The browser that looks at the Web UI: the one of the system. Never downloads one.
import { execFileSync } from 'node:child_process';
import { chromium, type Browser } from 'playwright-core';

export const HOW_TO_INSTALL =
  'Chromium is missing: install it with `apt-get install chromium` (Debian) or your package manager';

/** Its path; null where it is not installed. */
export function findChromium(): string | null {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('sh', ['-c', 'command -v "$0"', name], { stdio: ['ignore', 'pipe', 'ignore'] })
        .toString()
        .trim();
    } catch {
      // Not under this name; try the next.
    }
  }
  return null;
}

export function openBrowser(executablePath: string): Promise<Browser> {
  // Its sandbox refuses root, and containers; it sees nothing here but our own pages.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
