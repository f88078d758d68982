# The image of any app: docker build --build-arg APP=user -t ko-user .
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# The manifests of all packages: what they need is installed again only when one of these changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find apps libs tools -type f ! -name package.json -delete && find apps libs tools -type d -empty -delete

# What makes code: Prisma's client.
FROM ${NODE_IMAGE} AS generated
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts
COPY . .
ARG APP
RUN mkdir -p "apps/$APP/src/generated" && cd "apps/$APP" \
  && if [ -d prisma ]; then CHECKPOINT_DISABLE=1 npx --no prisma generate; fi

# The packages that the app needs when it runs, without what only compilers, debuggers and other databases read.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY --from=manifests /app ./
ARG APP
RUN npm ci --ignore-scripts --omit=dev --omit=optional --workspace "apps/$APP" --include-workspace-root=false \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete \
  && find node_modules -path '*/@prisma/client/runtime/query_compiler_*' ! -name '*.postgresql.*' -delete \
  && find apps tools -mindepth 1 -maxdepth 1 ! -path "apps/$APP" -exec rm -r {} +

FROM ${NODE_IMAGE}
ARG APP
ENV NODE_ENV=production ADMIN_ADDRESS=0.0.0.0:9464
WORKDIR /app
COPY --from=packages /app ./
COPY libs libs
COPY apps/${APP} apps/${APP}
COPY --from=generated /app/apps/${APP}/src/generated apps/${APP}/src/generated
COPY tools/deploy/image/healthy.mjs ./
RUN ln -s "apps/$APP" app
USER node
EXPOSE 8080 9464
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["node", "healthy.mjs"]
CMD ["node", "app/src/main.ts"]

# Last, as they differ with every build.
ARG VERSION=dev
ARG REVISION=unknown
ENV VERSION=${VERSION}
LABEL org.opencontainers.image.title="${APP}" \
  org.opencontainers.image.description="The ${APP} process of ko" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
