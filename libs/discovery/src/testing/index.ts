export { consulServer, findProgram, freePorts, type RegistryServer } from './servers.ts';
