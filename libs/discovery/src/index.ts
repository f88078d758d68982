export { balance, roundRobin, type Balancer, type Factory } from './balancer.ts';
export { openInstancer, type Instance, type Instancer } from './instancer.ts';
