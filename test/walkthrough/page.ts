// The page of the walk: commands with what they really said; what differs from run to run has a stand-in.
export interface Page {
  text(words: string): void;
  command(words: readonly string[], output: string): void;
  toString(): string;
}

export function createPage(known: ReadonlyMap<string, string>): Page {
  const parts: string[] = [];
  const standIns = new Map(known);
  const counts = new Map<string, number>();

  /** The same thing has the same stand-in all over the page. */
  function standIn(found: string, kind: string, make: (count: number) => string): string {
    const before = standIns.get(found);
    if (before !== undefined) return before;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const made = make(count);
    standIns.set(found, made);
    return made;
  }

  /** A column of times is as wide as its slowest: here always as for two digits. */
  function stable(output: string): string {
    let text = output;
    for (const [found, instead] of known) text = text.replaceAll(found, instead);
    return text
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-11-24T08:30:00.000Z')
      .replace(/\b(msg|sub)_[0-9a-f]+/g, (id, kind: string) =>
        standIn(id, kind, (count) => `${kind}_${String(count).padStart(id.length - kind.length - 1, '0')}`),
      )
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, (id) =>
        standIn(id, 'uuid', (count) => `00000000-0000-0000-0000-${String(count).padStart(12, '0')}`),
      )
      .replace(/\br-[0-9a-f]{12}\b/g, (id) =>
        standIn(id, 'replay', (count) => `r-${String(count).padStart(12, '0')}`),
      )
      .replace(/\bwhsec_[A-Za-z0-9+/=]+/g, 'whsec_…')
      .replace(/\bTOOK {2,}(?=\S)/g, 'TOOK   ')
      .replace(/\b\d+ ms {2,}(?=\S)/g, '5 ms   ')
      .replace(/\b\d+ ms\b/g, '5 ms')
      .replace(/\b\d+@\S+/g, '4711@host')
      .replace(/(idle|pulling), last pulled \d+ s ago/g, 'idle, last pulled 1 s ago')
      .replace(/\b[\d.]+ [MG]iB( free)?$/gm, (_, free?: string) =>
        free === undefined ? '9 MiB' : '64.0 GiB free',
      )
      .replace(/all \d+ are made/g, 'all 8 are made')
      .replace(/[ \t]+$/gm, '');
  }

  return {
    text: (words) => void parts.push(words),
    command: (words, output) => {
      const line = words.map((word) => (/^[\w./:,-]+$/.test(word) ? word : `"${word}"`)).join(' ');
      const said = output === '' ? '' : `${stable(output)}\n`;
      parts.push(`\`\`\`\n$ ${stable(`jisr ${line}`)}\n${said}\`\`\``);
    },
    toString: () => `${parts.join('\n\n')}\n`,
  };
}
