// Preloaded into each supervised process: when its supervisor has died without stopping it, it stops by itself.
process.channel?.unref();
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
});
