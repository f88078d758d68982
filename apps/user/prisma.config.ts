import { prismaConfig } from '@ko/data/prisma-config';

export default prismaConfig(import.meta.dirname);
