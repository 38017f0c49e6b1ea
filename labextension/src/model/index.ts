export { amend } from './amend';
export type { IAmendment } from './amend';
export { Connection } from './connection';
export { CHANGED_SCHEMA, Events } from './events';
export { RunHistory } from './history';
export { LastRun } from './lastrun';
export { ListModel } from './list';
export { PipelinesModel, RunsModel, TriggersModel } from './lists';
export { LogModel } from './log';
export { Mage } from './mage';
export { ProjectsModel } from './projects';
export { Resource } from './resource';
export type { IMage } from './shared';
export { EngineModel, PipelineModel, RunModel } from './single';
export { isLive } from './states';
export {
  blockTypeOf,
  givenName,
  isParameters,
  setBlockType,
  setGivenName,
  tagsOf
} from './tags';
export { cellsOf, Workbench } from './workbench';
