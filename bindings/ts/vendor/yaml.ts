/** YAML. */
export { parse } from 'yaml';
