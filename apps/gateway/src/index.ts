export { buildGateway, publish, publishLocal, type GatewayDependencies, type Published } from './app.ts';
export { edgeConfig, type EdgeConfig } from './config.ts';
