import { BlockDraft } from '../../../labextension/src/blocks/draft';
import { Context } from '../context';
import { row } from '../samples';
import { Refusal, until } from '../wire';

const template = (type: string, language: string, name = 'plain'): object => ({
  type,
  language,
  name,
  title: name,
  description: `A ${type}.`
});

describe('a block that is being made', () => {
  let context: Context;
  let draft: BlockDraft;

  beforeEach(async () => {
    context = new Context();
    context.wire
      .on('GET block_templates', {
        items: [
          template('markdown', 'markdown'),
          template('transformer', 'python'),
          template('transformer', 'sql'),
          template('chart', 'python'),
          template('chart', 'python', 'histogram'),
          template('data_loader', 'python')
        ],
        next: null
      })
      .on('GET projects/p/pipelines', {
        items: [row('sales'), row('stock')],
        next: null
      });
    draft = new BlockDraft(context.mage, {
      project: 'p',
      pipeline: 'sales',
      upstream: ['raw']
    });
    await until(() => draft.types.length > 0);
  });

  afterEach(() => {
    draft.dispose();
    context.dispose();
  });

  const sent = (): unknown[] => context.wire.bodies('POST projects/p/blocks');

  it('offers only what has a template, in the order of the type pickers', () => {
    expect(draft.types).toEqual([
      'data_loader',
      'transformer',
      'chart',
      'markdown'
    ]);
    expect(draft.languages).toEqual(['python', 'sql']);
    expect(draft.pipelines).toEqual(['sales', 'stock']);
  });

  it('keeps language and template among those of the chosen type', () => {
    draft.change({ type: 'chart', template: 'histogram' });
    expect(draft.draft.template).toBe('histogram');
    draft.change({ type: 'markdown' });
    expect(draft.draft.language).toBe('markdown');
    expect(draft.draft.template).toBe('plain');
  });

  it('is made below a block of its pipeline once it has a name', async () => {
    expect(draft.ready).toBe(false);
    expect(await draft.make()).toBeNull();
    draft.change({ name: ' clean ', language: 'sql' });
    const made = { name: 'clean', file: 'transformers/clean.sql', written: [] };
    context.wire.on('POST projects/p/blocks', made);
    expect(await draft.make()).toEqual(made);
    expect(sent()).toEqual([
      {
        type: 'transformer',
        language: 'sql',
        template: 'plain',
        name: 'clean',
        pipeline: 'sales',
        upstream: ['raw']
      }
    ]);
  });

  it('leaves the block above behind with its pipeline', async () => {
    draft.change({ name: 'clean', pipeline: '' });
    context.wire.on('POST projects/p/blocks', { file: 'x' });
    await draft.make();
    expect(sent()).toEqual([
      {
        type: 'transformer',
        language: 'python',
        template: 'plain',
        name: 'clean'
      }
    ]);
  });

  it.each([
    [409, 'name'],
    [400, 'name'],
    [404, 'pipeline'],
    [503, null]
  ])(
    'says a refusal with %i under its field, until it is changed',
    async (status, field) => {
      draft.change({ name: 'raw' });
      context.wire.on(
        'POST projects/p/blocks',
        new Refusal(status, { message: 'It cannot be.' })
      );
      expect(await draft.make()).toBeNull();
      expect(draft.problem).toEqual({ field, text: 'It cannot be.' });
      expect(draft.ready).toBe(true);
      draft.change({ name: 'raw_2' });
      expect(draft.problem).toBeNull();
    }
  );
});
