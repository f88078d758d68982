# The image of any app: docker build --build-arg APP=user -t ko-user .
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# The manifests of all packages: what they need is installed again only when one of these changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find apps libs tools -type f ! -name package.json -delete && find apps libs tools -type d -empty -delete

# The app in a few files, with all that it needs of packages.
FROM ${NODE_IMAGE} AS built
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts
COPY . .
ARG APP
RUN mkdir -p "apps/$APP/prisma" && cd "apps/$APP" \
  && if [ -f prisma/schema.prisma ]; then CHECKPOINT_DISABLE=1 npx --no prisma generate; fi
RUN node tools/build/src/main.ts "$APP"

FROM ${NODE_IMAGE}
ARG APP
ENV NODE_ENV=production ADMIN_ADDRESS=0.0.0.0:9464 NODE_COMPILE_CACHE=/app/compiled
WORKDIR /app
COPY --from=built /app/apps/${APP}/dist ./
COPY --from=built /app/apps/${APP}/prisma prisma
COPY tools/deploy/image/healthy.mjs ./
# Started once, with what no app starts with, it leaves its code compiled.
RUN LOG_LEVEL=none node main.mjs 2>/dev/null || [ $? -eq 78 ] && chmod -R a+rX compiled
USER node
EXPOSE 8080 9464
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["node", "healthy.mjs"]
CMD ["node", "main.mjs"]

# Last, as they differ with every build.
ARG VERSION=dev
ARG REVISION=unknown
ENV VERSION=${VERSION}
LABEL org.opencontainers.image.title="${APP}" \
  org.opencontainers.image.description="The ${APP} process of ko" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
