# The image of both roles: `node dist/api/server.js`, unless told otherwise, and `node dist/worker.js`.
# Never holds what only development needs: no compiler, no simulator, no embedded server, no Temporal CLI, no Go.
FROM node:20.19.5-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build
RUN npm prune --omit=dev
# The embedded start and the simulator stay behind, and the SDK's native parts for other systems.
RUN rm -r dist/start.js* dist/demo.js* dist/demo dist/simulator dist/roles/embedded.js* dist/.tsbuildinfo
RUN find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name '*-unknown-linux-gnu' -exec rm -r {} +

FROM node:20.19.5-bookworm-slim
# For TLS to a Temporal server: its SDK trusts the system's certificates, and the slim image has none.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 8080
CMD ["node", "dist/api/server.js"]
