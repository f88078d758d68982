export { freePorts } from './free-ports.ts';
export { consulServer, findProgram, type RegistryServer } from './servers.ts';
