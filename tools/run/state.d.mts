export function appsWithDatabase(root: string): readonly string[];
