export { buildUser, type UserApp, type UserDependencies } from './app.ts';
export { userConfig, type UserConfig } from './config.ts';
export { openUserDatabase, prismaDir } from './database.ts';
export { seed } from './seed.ts';
