import { openOrderDatabase, seed as seedOrders } from '@ko/order';
import { openUserDatabase, seed as seedUsers } from '@ko/user';
import { sample } from './sample.ts';

/** Fills the databases with samples to look at, where they are missing. `url` names a service's database. */
export async function seed(url: (service: string) => string): Promise<void> {
  const users = openUserDatabase(url('user'));
  const orders = openOrderDatabase(url('order'));
  try {
    await seedUsers(users.client);
    const ada = await users.client.user.findUnique({ where: { email: sample.email } });
    if (ada !== null) await seedOrders(orders.client, ada.id);
  } finally {
    await Promise.all([users.stop(), orders.stop()]);
  }
}
