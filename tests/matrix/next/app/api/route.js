import { Router } from 'signalbox';
import { decide, report } from '../../uses.js';

export const dynamic = 'force-dynamic';

export const GET = async () => Response.json(await report({ 'route handler': () => decide(() => Router.load()) }));
