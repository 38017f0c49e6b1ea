export { links } from './plugin';
