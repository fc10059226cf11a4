// What stands above the figures in docs/benchmarks.md.

export const HEAD = `# Benchmarks

Made by \`npm run bench\` from \`bench/results\`; not to be edited. \`npm run bench -- --report\` makes it again from what lies
there, \`npm run bench push-answer drain\` measures some again, \`--quick\` only shows that they run.

- **Beside a yardstick, in the same run.** A figure alone says more about the machine than about the bridge. Where there
  is a yardstick it is measured on the same engine, with the same durability, in the same rounds: yardstick, bridge,
  yardstick, bridge. Ratios are taken round by round.
- **Medians of the rounds, with the least and the most in brackets.** \`bench/results\` has every round.
- **What must hold, and the aim**, are judged by the median. What was missed says so.
- **Real processes, real sockets.** The bridge runs from \`dist\` as in production, the Temporal server is the dev server
  that \`npm start\` starts, with its arguments and a database file, PostgreSQL is a server with its defaults: \`fsync\` and
  \`synchronous_commit\` on. Load, subscribers, the simulated Odoo and the yardsticks are processes of their own.
- **On a machine with two cores all of these share the two cores**, and so does the Temporal server: a figure is what is
  left for the bridge. Compare ratios, not absolute figures of other machines.
- Pushes have the payloads of the simulator, 2.9 kB in the middle, each of a record of its own.`;
