/** Commands whose modules are loaded only if the command line names them, so that the others start fast. */
import process from 'node:process';
import type { Router } from '../index.js';
import { Command } from '../vendor/commander-node.js';

/** Loads the router that `--index` and `--embedder` name. */
type Load = (options: { index?: string; embedder?: string }) => Promise<Router>;

/** Returns whether the command line names one of these commands, or the one that needs to know all. */
const isAskedFor = (...names: string[]) => [...names, 'completion'].some((name) => process.argv.includes(name));

async function evaluation(): Promise<Command> {
  const command = isAskedFor('eval') ? (await import('./eval.js')).evaluationCommand() : new Command('eval');
  return command.description('measure routing policies on benchmark results, holding out each task in turn');
}

async function addBuilding(program: Command): Promise<void> {
  if (isAskedFor('build', 'merge')) {
    (await import('./build.js')).addBuildCommands(program);
    return;
  }
  program.command('build').description('build an index from benchmark results (files or folders)');
  program.command('merge').description('join shards into an index, byte for byte the same as a single build');
}

async function addPlanning(program: Command): Promise<void> {
  if (isAskedFor('plan')) {
    (await import('./plan.js')).addPlanCommand(program);
    return;
  }
  const description = 'plan from graded prompts what to send to which model, what it saves, and what it risks';
  program.command('plan').description(description);
}

async function addNewModels(program: Command): Promise<void> {
  if (isAskedFor('anchors', 'add-model')) {
    (await import('./new-model.js')).addNewModelCommands(program);
    return;
  }
  program.command('anchors').description('choose the rows of an index to run a new model on');
  program.command('add-model').description('add a model to an index from its results on a few rows, without a rebuild');
}

async function addExport(program: Command): Promise<void> {
  if (isAskedFor('export')) {
    (await import('./export.js')).addExportCommand(program);
    return;
  }
  program
    .command('export')
    .description('write the outcomes of an index as CSV, JSONL, Parquet, or in the form of Every Eval Ever');
}

async function addServers(program: Command, load: Load): Promise<void> {
  if (isAskedFor('serve')) (await import('./serve.js')).addServeCommand(program, load);
  else
    program.command('serve').description('serve OpenAI\'s interface on this machine, and choose the model for "auto"');
  if (isAskedFor('mcp')) (await import('./mcp.js')).addMcpCommand(program, load);
  else program.command('mcp').description('serve the decisions as tools of the Model Context Protocol');
}

/** Adds them to the program. */
export async function addLazyCommands(program: Command, load: Load): Promise<void> {
  await addServers(program, load);
  await addPlanning(program);
  await addBuilding(program);
  await addNewModels(program);
  await addExport(program);
  program.addCommand(await evaluation());
}
