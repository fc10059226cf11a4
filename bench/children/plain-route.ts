// The yardstick of the push endpoint: a route of express that commits one row, and answers.
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { z } from 'zod';
import { openPlainStore, storeLocation } from './plain-store';
import { serve } from './serve';

const INSERT = 'insert into plain (event_id, payload) values ($1, $2)';
const pushed = z.looseObject({ event_id: z.union([z.string(), z.number()]) });

serve({
  open: async (input) => {
    const store = await openPlainStore(storeLocation.parse(input));
    const app = express();
    app.use(express.json({ limit: '16mb' }));
    app.post('/push', async (request, response) => {
      const body = pushed.parse(request.body);
      await store.run(INSERT, [String(body.event_id), JSON.stringify(body)]);
      response.json({ success: true, event_id: body.event_id });
    });
    const server = createServer(app);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return { url: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}` };
  },
});
