import { Router } from 'signalbox';
import { decide, report } from '../../uses.js';

export default () => report({ 'on the server': () => decide(() => Router.load()) });
