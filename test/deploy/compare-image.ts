// Does the Dockerfile build what the package has, and does its image hold what the roles need, and no more?
import type { Deployment } from './deployment';
import { stagesOf, type Step } from './dockerfile';

export function compareImage({ dockerfile, dockerignore, compose, code }: Deployment): readonly string[] {
  const findings: string[] = [];
  const stages = stagesOf(dockerfile);
  const [build = []] = stages;
  const image = stages.at(-1) ?? [];
  const only = (stage: readonly Step[], keyword: string) =>
    stage.filter((step) => step.keyword === keyword).map(({ rest }) => rest);

  for (const [from = ''] of stages.map((stage) => only(stage, 'FROM'))) {
    if (!/^node:20\.\d+\.\d+-bookworm-slim( AS \w+)?$/.test(from))
      findings.push(`FROM ${from} is no exact image of Node 20`);
  }
  for (const copy of only(build, 'COPY')) {
    for (const path of copy.split(' ').slice(0, -1)) {
      if (!code.exists(path)) findings.push(`COPY ${path}: there is none`);
      if (!dockerignore.split('\n').includes(`!${path}`)) findings.push(`.dockerignore keeps ${path} out`);
    }
  }
  if (!dockerignore.split('\n').includes('*')) findings.push('.dockerignore lets everything in');
  for (const [, path = ''] of dockerignore.matchAll(/^!(.+)$/gm)) {
    if (!only(build, 'COPY').some((copy) => copy.split(' ').includes(path)))
      findings.push(`.dockerignore lets ${path} in for nothing`);
  }
  const runs = only(build, 'RUN');
  const order = ['npm ci', 'npm run build', 'npm prune --omit=dev'].map((run) => runs.indexOf(run));
  if (order.includes(-1) || order.some((place, index) => place < (order[index - 1] ?? 0)))
    findings.push('the build is not `npm ci`, `npm run build`, `npm prune --omit=dev`');
  for (const run of runs.filter((each) => each.startsWith('rm '))) {
    for (const path of run
      .split(' ')
      .filter((part) => part.startsWith('dist/') && part !== 'dist/.tsbuildinfo')) {
      const source = path.replace(/^dist\//, 'src/').replace(/\.js\*?$/, '.ts');
      if (!code.exists(source)) findings.push(`RUN ${run}: ${path} is never built`);
    }
  }
  if (only(image, 'USER').join() !== 'node') findings.push('the image does not run as the user node');
  if (only(image, 'ENV').join() !== 'NODE_ENV=production') findings.push('the image is not for production');
  for (const run of only(image, 'RUN')) {
    if (/\b(npm|go|golang|temporal|curl|wget)\b/.test(run))
      findings.push(`the image gets more than it needs: ${run}`);
  }
  const copied = only(image, 'COPY').map((copy) => copy.replace(/^--from=build \/app\//, '').split(' ')[0]);
  if (copied.join() !== 'package.json,node_modules,dist') findings.push(`the image holds ${copied.join()}`);
  const [command = '[]'] = only(image, 'CMD');
  if (command !== JSON.stringify(compose.services['api']?.command ?? []).replaceAll(',', ', '))
    findings.push(`CMD ${command} does not start the API`);
  const port = compose.services['api']?.environment?.['PORT'];
  if (only(image, 'EXPOSE').join() !== port)
    findings.push(`EXPOSE ${only(image, 'EXPOSE').join()} is not ${port}`);
  if (only(image, 'HEALTHCHECK').length > 0) findings.push('the probe belongs to docker-compose.yml');
  return findings;
}
