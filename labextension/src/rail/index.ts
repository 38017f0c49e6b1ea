export { rail } from './plugin';
