import { Router } from 'signalbox';
import { decide, report } from '../../uses.js';
import { Said } from './said.jsx';

export const dynamic = 'force-dynamic';

export default async function Page() {
  return <Said results={await report({ 'server component': () => decide(() => Router.load()) })} />;
}
