export { runView } from './plugin';
