/** The text that `signalbox` prints without arguments. */
export const START_PAGE = `signalbox picks the language model that should answer a prompt, for its price.
It decides on this device; no prompt leaves it. For example:
  signalbox route "Write a SQL query for the ten customers who spent most"
  signalbox plan graded.csv    # what to send where, what that saves and risks
  signalbox serve --to https://api.openai.com/v1    # a gateway, model "auto"
All commands: signalbox --help
`;
