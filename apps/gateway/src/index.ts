export { buildGateway, publish, type GatewayDependencies, type Published } from './app.ts';
export { gatewayConfig, type GatewayConfig } from './config.ts';
