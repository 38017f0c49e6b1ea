export { launcher } from './plugin';
