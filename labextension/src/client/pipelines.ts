import type {
  Block,
  BlockTemplate,
  BlockType,
  Language,
  MadeBlock,
  Pipeline,
  PipelineRow
} from '../contract';
import type { IPage, IPageQuery } from './page';
import { part } from './page';
import type { Transport } from './transport';

/** Pipelines and their blocks over HTTP. */
export class PipelinesClient {
  /** @param transport - what carries the requests */
  constructor(transport: Transport) {
    this._transport = transport;
  }

  /** List a project's pipelines, each with its last runs. */
  list(
    project: string,
    query: PipelinesClient.IQuery = {}
  ): Promise<IPage<PipelineRow>> {
    return this._transport.get(this._path(project), { ...query });
  }

  /** Read a pipeline with its blocks and edges. */
  get(project: string, name: string): Promise<Pipeline> {
    return this._transport.get(this._path(project, name));
  }

  /** Create an empty pipeline. */
  create(project: string, name: string): Promise<Pipeline> {
    return this._transport.post(this._path(project), { name });
  }

  /** List a pipeline's blocks. */
  async blocks(project: string, name: string): Promise<Block[]> {
    const path = `${this._path(project, name)}/blocks`;
    return (await this._transport.get<IPage<Block>>(path)).items;
  }

  /** Read a block with its code and the hash of its file. */
  block(project: string, name: string, block: string): Promise<Block> {
    return this._transport.get(
      `${this._path(project, name)}/blocks/${part(block)}`
    );
  }

  /** Write a block's code; refused when its file no longer has the hash that was read. */
  saveBlock(
    project: string,
    name: string,
    block: string,
    code: string,
    hash: string
  ): Promise<Block> {
    const path = `${this._path(project, name)}/blocks/${part(block)}`;
    return this._transport.put(path, { code, hash });
  }

  /** List what a new block can start with. */
  async templates(): Promise<BlockTemplate[]> {
    const page =
      await this._transport.get<IPage<BlockTemplate>>('block_templates');
    return page.items;
  }

  /** Make a block from a template, and add it to a pipeline when one is named. */
  newBlock(
    project: string,
    request: PipelinesClient.INewBlock
  ): Promise<MadeBlock> {
    return this._transport.post(`projects/${part(project)}/blocks`, request);
  }

  private _path(project: string, name?: string): string {
    const path = `projects/${part(project)}/pipelines`;
    return name === undefined ? path : `${path}/${part(name)}`;
  }

  private _transport: Transport;
}

/** A namespace for `PipelinesClient` statics. */
export namespace PipelinesClient {
  /** Which pipelines to list. */
  export interface IQuery extends IPageQuery {
    /** A part of the name. */
    search?: string;
  }

  /** A block to make. */
  export interface INewBlock {
    /** What it is for. */
    type: BlockType;

    /** Its name. */
    name: string;

    /** The language of its file. */
    language: Language;

    /** The name of the template that it starts with. */
    template: string;

    /** The pipeline to add it to; by default none. */
    pipeline?: string;

    /** The blocks of the pipeline that it goes below. */
    upstream?: string[];
  }
}
