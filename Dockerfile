# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim AS build
WORKDIR /gavel
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 GAVEL_DATA_DIR=/data
WORKDIR /gavel
COPY --from=build /gavel/package.json ./
COPY --from=build /gavel/node_modules node_modules
COPY --from=build /gavel/dist dist
RUN mkdir /data /keys && chown node:node /data /keys
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=2s --start-period=20s --retries=5 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/apps/server/src/main.js"]
