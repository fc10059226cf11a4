// What the demo shows at its end.
import type { SceneResult } from './scene';

export function resultTable({
  verdict,
  ownWords,
  pushed,
  pulled,
  copies,
  attempts,
}: SceneResult): readonly string[] {
  const rows: readonly (readonly [string, number])[] = [
    ['changes made in Odoo', verdict.made],
    ['copies pushed', pushed],
    ['copies pulled', pulled],
    ['copies of known events', copies],
    ['events', verdict.events],
    ['processed', verdict.processed],
    ['webhooks delivered', verdict.delivered],
    ['  attempts made', attempts],
    ['  delivered again', verdict.repeated],
    ['events by the live stream', verdict.streamed],
    ['acknowledged to Odoo', verdict.acknowledged],
  ];
  return [
    '',
    ...rows.map(([label, value]) => `  ${label.padEnd(26)}${String(value).padStart(6)}`),
    '',
    verdict.ok
      ? '  Verdict: no event lost, none processed twice.'
      : `  Verdict: BROKEN, ${verdict.findings.length} findings:`,
    `  The bridge of itself: ${ownWords}.`,
    ...verdict.findings.slice(0, 20).map((finding) => `    - ${finding}`),
    '',
  ];
}
