/** Examples at the end of the help of commands. */

export const ROUTE_EXAMPLES = `
Examples:
  signalbox route "Prove that sqrt(2) is irrational"
  signalbox route --quiet --prefer cheap < prompt.txt
  signalbox route --fields model,usd_per_answer "Translate good morning into French"
  signalbox route --needs tools,context=32000 --messages chat.json --conversation model=gpt-5-mini
  signalbox route --file prompts.csv -o decisions.csv --budget-usd 5`;

export const ROUTE_TASK_EXAMPLES = `
Examples:
  signalbox route-task prompts.csv --next 20 --answers answers.csv -o to-grade.csv
  signalbox route-task prompts.csv --labels graded.csv --answers answers.csv`;

export const COMPLETION_EXAMPLES = `
Examples:
  source <(signalbox completion bash)
  signalbox completion fish > ~/.config/fish/completions/signalbox.fish`;

export const CASCADE_EXAMPLES = `
Examples:
  signalbox cascade "Prove that sqrt(2) is irrational"
  signalbox cascade "What is 17.5% of 2340?" --max-steps 2 --candidates 'openai/*'`;

export const INSPECT_EXAMPLES = `
Examples:
  signalbox inspect
  signalbox inspect plan.sbx
  signalbox inspect mine.sbx --all`;

export const MANIFEST_EXAMPLES = `
Example:
  signalbox manifest Xenova/all-MiniLM-L6-v2`;
