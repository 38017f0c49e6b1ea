export { blocks } from './plugin';
