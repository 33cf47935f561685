/** An HTTP server. */
export { serve } from '@hono/node-server';
export { type Context, Hono } from 'hono';
export { bodyLimit } from 'hono/body-limit';
