export { pipelineView } from './plugin';
