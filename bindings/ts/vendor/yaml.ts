/** YAML. */
export { load } from 'js-yaml';
