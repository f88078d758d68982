export { consulServer, findProgram, type RegistryServer } from './servers.ts';
