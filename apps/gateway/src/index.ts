export { buildGateway, publish, type GatewayDependencies, type Published } from './app.ts';
export { edgeConfig, type EdgeConfig } from './config.ts';
