export { running } from './plugin';
