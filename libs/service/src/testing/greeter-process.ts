// Says which process it is, over HTTP at the address that the command line names, which others may listen on as well.
import { createContext } from '@ko/endpoint';
import Fastify from 'fastify';
import { httpComponent } from '../http-component.ts';
import { run } from '../run.ts';

const { log } = createContext();
const app = Fastify({ forceCloseConnections: 'idle', return503OnClosing: false });
app.get('/', () => ({ pid: process.pid }));

const address = process.argv[2] ?? '';
process.exitCode = await run([httpComponent('http', app, { address, log, reusePort: true })], { log, budget: 5_000 });
