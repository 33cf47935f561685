import { Router } from 'signalbox';
import { decide, report } from '../../../uses.js';

export const GET = async () => Response.json(await report({ 'on the server': () => decide(() => Router.load()) }));
