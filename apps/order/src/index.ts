export { buildOrder, type OrderDependencies } from './app.ts';
export { orderConfig, type OrderConfig } from './config.ts';
export { openOrderDatabase, prismaDir } from './database.ts';
export { seed } from './seed.ts';
