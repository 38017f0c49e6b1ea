import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { RequestError, sentence } from '../client';
import type {
  BlockTemplate,
  BlockType,
  Language,
  MadeBlock
} from '../contract';
import type { IMage } from '../tokens';
import { BLOCK_TYPES } from '../ui';

/** Where a new block begins: the project, and the pipeline and blocks above that it goes below. */
export interface IBeginning {
  /** The project's id. */
  readonly project: string;
  /** The pipeline that is offered first. */
  readonly pipeline?: string;
  /** The blocks of that pipeline that it goes below. */
  readonly upstream?: readonly string[];
}

/** A new block as the form has it. */
export interface IBlockDraft {
  /** What it is for. */
  readonly type: BlockType;
  /** The language of its file. */
  readonly language: Language;
  /** The name of the template that it starts with. */
  readonly template: string;
  /** Its name. */
  readonly name: string;
  /** The pipeline that it is added to; empty for none. */
  readonly pipeline: string;
}

/** A sentence of what is wrong, and the field that it is about; null for all of them. */
export interface IFieldProblem {
  /** The field. */
  readonly field: 'name' | 'pipeline' | null;
  /** The sentence, as the server says it. */
  readonly text: string;
}

/**
 * A block that is being made, with the templates that it can start with.
 */
export class BlockDraft implements IDisposable {
  /**
   * Begin a block, and read what there is to choose from.
   */
  constructor(
    private _mage: IMage,
    private _from: IBeginning
  ) {
    this._draft = {
      type: 'transformer',
      language: 'python',
      template: '',
      name: '',
      pipeline: _from.pipeline ?? ''
    };
    void this._read();
  }

  /** Something that is shown changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What is chosen and typed. */
  get draft(): IBlockDraft {
    return this._draft;
  }

  /** The types that have a template, in the order of the type pickers. */
  get types(): BlockType[] {
    return BLOCK_TYPES.filter(type =>
      this._templates.some(one => one.type === type)
    );
  }

  /** The languages in which a block of the chosen type can be written. */
  get languages(): Language[] {
    const fitting = this._templates.filter(
      one => one.type === this._draft.type
    );
    return [...new Set(fitting.map(one => one.language))];
  }

  /** The templates of the chosen type and language. */
  get templates(): BlockTemplate[] {
    const { type, language } = this._draft;
    return this._templates.filter(
      one => one.type === type && one.language === language
    );
  }

  /** The names of the pipelines of the project. */
  get pipelines(): readonly string[] {
    return this._pipelines;
  }

  /** The blocks above; none where another pipeline is chosen than theirs. */
  get upstream(): readonly string[] {
    const same = this._draft.pipeline === this._from.pipeline;
    return same ? (this._from.upstream ?? []) : [];
  }

  /** What is wrong; null when nothing is known to be. */
  get problem(): IFieldProblem | null {
    return this._problem;
  }

  /** Whether the block is being made. */
  get making(): boolean {
    return this._making;
  }

  /** Whether enough is chosen to make it. */
  get ready(): boolean {
    const { name, template } = this._draft;
    return name.trim() !== '' && template !== '' && !this._making;
  }

  /** Whether this was disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Choose or type something. What does not fit a new type or language gives way to the first
   * that does; what was wrong is forgotten.
   */
  change(fields: Partial<IBlockDraft>): void {
    this._draft = { ...this._draft, ...fields };
    this._fit();
    this._problem = null;
    this._tell();
  }

  /**
   * Make the block; null where it was refused, with the sentence in `problem`.
   */
  async make(): Promise<MadeBlock | null> {
    if (!this.ready) {
      return null;
    }
    const { name, pipeline, ...rest } = this._draft;
    this._making = true;
    this._problem = null;
    this._tell();
    try {
      return await this._mage.client.pipelines.newBlock(this._from.project, {
        ...rest,
        name: name.trim(),
        ...(pipeline && { pipeline }),
        ...(this.upstream.length > 0 && { upstream: [...this.upstream] })
      });
    } catch (error) {
      this._problem = { field: fieldOf(error), text: sentence(error) };
      return null;
    } finally {
      this._making = false;
      this._tell();
    }
  }

  /** Forget the draft. */
  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private async _read(): Promise<void> {
    const { pipelines } = this._mage.client;
    try {
      const [templates, page] = await Promise.all([
        pipelines.templates(),
        pipelines.list(this._from.project, { limit: 500 })
      ]);
      this._templates = templates;
      this._pipelines = page.items.map(one => one.name);
      this._fit();
    } catch (error) {
      this._problem = { field: null, text: sentence(error) };
    }
    this._tell();
  }

  private _fit(): void {
    const first = this.languages[0];
    if (first && !this.languages.includes(this._draft.language)) {
      this._draft = { ...this._draft, language: first };
    }
    const names = this.templates.map(one => one.name);
    if (!names.includes(this._draft.template)) {
      this._draft = { ...this._draft, template: names[0] ?? '' };
    }
  }

  private _tell(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _changed = new Signal<this, void>(this);
  private _draft: IBlockDraft;
  private _isDisposed = false;
  private _making = false;
  private _pipelines: string[] = [];
  private _problem: IFieldProblem | null = null;
  private _templates: BlockTemplate[] = [];
}

/** The field that a refusal is about: only a name can be refused or taken, a pipeline be gone. */
function fieldOf(error: unknown): IFieldProblem['field'] {
  const status = error instanceof RequestError ? error.status : 0;
  return status === 400 || status === 409
    ? 'name'
    : status === 404 || status === 422
      ? 'pipeline'
      : null;
}
