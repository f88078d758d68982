import type { Driver } from './driver.ts';

export const consulDriver: Driver = {
  example: 'consul:',
  source() {
    throw new TypeError('being written');
  },
};
