export { createSigner } from './tokens.ts';
