// The reference names every route of the HTTP interface, and no page names one that does not exist.
import { appRoutes } from './app-routes';
import { allPages, readPage, type Page } from './pages';

const routes = appRoutes();
const paths = [...new Set(routes.map((route) => route.replace(/^\w+ /, '')))];

test('the app has its routes, under the paths they are mounted at', () => {
  expect(routes).toEqual(
    expect.arrayContaining([
      'GET /healthz',
      'HEAD /api/v1/webhooks/receive/:source',
      'POST /api/v1/events/:key/retry',
      'PATCH /api/v1/sources/:name',
    ]),
  );
});

test('docs/api.md has a heading for every route, and for nothing else', () => {
  expect(headedRoutes(readPage('docs/api.md').text)).toEqual(routes);
});

test.each(allPages())('$path names no route that does not exist', ({ text }) => {
  expect(unknownIn(text)).toEqual([]);
});

describe('a page that rots is told', () => {
  const { text }: Page = readPage('docs/api.md');

  test.each(routes)('%s without its heading', (route) => {
    expect(headedRoutes(text.replaceAll(`\`${route}\``, 'gone'))).not.toContain(route);
  });

  test.each([
    ['a method', 'ask `DELETE /api/v1/events/17`', 'DELETE /api/v1/events/17'],
    ['a path', 'curl localhost:8080/api/v1/rewinds', '/api/v1/rewinds'],
    ['a longer path', '`GET /api/v1/stats/today`', 'GET /api/v1/stats/today'],
  ])('%s that the app does not have', (_, claim, found) => {
    expect(unknownIn(`${text}\n${claim}`)).toContain(found);
  });
});

function headedRoutes(text: string): readonly string[] {
  const headings = text.split('\n').filter((line) => /^#+ /.test(line));
  return headings
    .flatMap((line) => [...line.matchAll(/`([A-Z]+ \/[^`]*)`/g)].map(([, route = '']) => route))
    .sort();
}

/** Routes and paths that no route of the app fits. */
function unknownIn(text: string): readonly string[] {
  const named = [...text.matchAll(/\b(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[\w./:%-]*\w)/g)].map(
    ([, method = '', path = '']) => `${method} ${path}`,
  );
  const mentioned = [...text.matchAll(/\/(?:api\/v\d[\w./:%-]*\w|healthz|readyz)/g)].map(([path]) => path);
  return [
    ...named.filter((route) => isOurs(route.replace(/^\w+ /, '')) && !fits(withoutHead(route), routes)),
    ...mentioned.filter((path) => !fits(path, paths)),
  ];
}

/** Odoo has paths of its own, which begin with /api/webhooks. */
function isOurs(path: string): boolean {
  return /^\/(api\/v\d|healthz|readyz)/.test(path);
}

/** What answers GET answers HEAD. */
function withoutHead(route: string): string {
  return routes.some((known) => known.startsWith('HEAD ') && matcher(known).test(route))
    ? route
    : route.replace(/^HEAD /, 'GET ');
}

function fits(asked: string, known: readonly string[]): boolean {
  return known.some((one) => matcher(one).test(asked));
}

function matcher(route: string): RegExp {
  const pattern = route.split(/:\w+/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^/]+')}$`);
}
