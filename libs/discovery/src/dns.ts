import type { Driver } from './driver.ts';

export const dnsDriver: Driver = {
  example: 'dns:',
  source() {
    throw new TypeError('being written');
  },
};
