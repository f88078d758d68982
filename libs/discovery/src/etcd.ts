import type { Driver } from './driver.ts';

export const etcdDriver: Driver = {
  example: 'etcd:',
  source() {
    throw new TypeError('being written');
  },
};
