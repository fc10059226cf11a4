// The HTML pages: three of the web server below Odoo, one of Odoo itself.
// A client tells an outage from a wrong address by their titles, so these must stay as recorded.

function serverPage(title: string, heading: string, text: string): string {
  return `<!doctype html>\n<html lang=en>\n<title>${title}</title>\n<h1>${heading}</h1>\n<p>${text}</p>\n`;
}

/** On every path while the database is down: without it Odoo has no routes at all. */
export const DATABASE_DOWN_PAGE = serverPage(
  '404 Not Found',
  'Not Found',
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
);

export const METHOD_PAGE = serverPage(
  '405 Method Not Allowed',
  'Method Not Allowed',
  'The method is not allowed for the requested URL.',
);

export const INTERNAL_ERROR_PAGE = serverPage(
  '500 Internal Server Error',
  'Internal Server Error',
  'The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.',
);

/** Other statuses of a fault, e.g. a proxy's 502. */
export function errorPage(status: number): string {
  if (status === 500) return INTERNAL_ERROR_PAGE;
  return serverPage(`${status} Server Error`, 'Server Error', 'The server could not handle the request.');
}

export const ODOO_NOT_FOUND_TYPE = 'text/html;charset=utf-8';

/** Shortened: the recorded one is 6 kB of website around the same heading. */
export const ODOO_NOT_FOUND_PAGE = `<!DOCTYPE html>
<html>
    <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title>Odoo</title>
        <link type="image/x-icon" rel="shortcut icon" href="/web/static/img/favicon.ico"/>
    </head>
    <body>
        <div id="wrapwrap" class="  ">
            <main>
                <div id="wrap">
                    <h1 class="visually-hidden">Error 404</h1>
                    <h2>We couldn't find the page you're looking for!</h2>
                    <p><b>Don't panic.</b> If you think it's our mistake, please send us a message on <a href="/contactus">this page</a>.</p>
                </div>
            </main>
        </div>
    </body>
</html>
`;
