// Whether the process of this container is ready to serve, for Docker, which images without curl have to tell themselves.
const port = (process.env.ADMIN_ADDRESS ?? '').split(':').pop();
const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
process.exit(answer?.ok ? 0 : 1);
