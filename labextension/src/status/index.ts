export { status } from './plugin';
