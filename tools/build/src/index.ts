export { buildApp, distOf } from './build-app.ts';
