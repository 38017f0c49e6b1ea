export { turning } from './plugin';
