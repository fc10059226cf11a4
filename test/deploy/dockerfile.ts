// The Dockerfile, stage by stage.

export interface Step {
  /** `FROM`, `RUN`, … */
  readonly keyword: string;
  readonly rest: string;
}

export function stagesOf(dockerfile: string): readonly (readonly Step[])[] {
  const steps = dockerfile
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => ({ keyword: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
  const stages: Step[][] = [];
  for (const step of steps) {
    if (step.keyword === 'FROM') stages.push([]);
    stages.at(-1)?.push(step);
  }
  return stages;
}
