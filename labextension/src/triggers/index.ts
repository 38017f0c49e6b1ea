export { triggerEditor } from './plugin';
