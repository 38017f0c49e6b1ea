export { cells, workbenches } from './plugin';
