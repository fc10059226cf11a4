import { findTemporalCli } from '/work/main/src/temporal/cli-finder';
const t = Date.now();
findTemporalCli({ cliPath: null, env: { ...process.env, XDG_CACHE_HOME: '/tmp/xdg-real' }, say: (l: string) => console.log(Math.round((Date.now()-t)/1000), l) }).then((c) => console.log(c), (e) => console.log('ERR', e.message));
