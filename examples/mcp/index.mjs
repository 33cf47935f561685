import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const command = fileURLToPath(new URL('cli.js', import.meta.resolve('signalbox')));
const client = new Client({ name: 'example', version: '1.0.0' });
await client.connect(new StdioClientTransport({ command: process.execPath, args: [command, 'mcp'] }));

const prompt = 'Prove that sqrt(2) is irrational';
const { content } = await client.callTool({ name: 'route_prompt', arguments: { prompt } });
console.log(content[0].text);
await client.close();
