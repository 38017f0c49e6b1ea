import { NewBlockDialog } from '../../../labextension/src/blocks/dialog';
import { Context } from '../context';
import { click, drawn, type, words } from '../draw';
import { row } from '../samples';
import { Refusal } from '../wire';

describe('the dialog of a new block', () => {
  it('stays with the sentence under the field, and closes once it is made', async () => {
    const context = new Context();
    const title = 'Python';
    context.wire
      .on('GET block_templates', {
        items: [
          {
            type: 'transformer',
            language: 'python',
            name: 'plain',
            title,
            description: 'A transformer.'
          }
        ],
        next: null
      })
      .on('GET projects/p/pipelines', { items: [row('sales')], next: null })
      .on(
        'POST projects/p/blocks',
        new Refusal(409, { message: 'raw.py exists already.' })
      );
    const dialog = new NewBlockDialog({ project: 'p' }, context);
    const closed = dialog.launch();
    const node = dialog.node;
    await drawn(() => words(node).includes('A transformer.'));
    await type(node, 'Name', 'raw');
    await click(node, 'Make block');
    await drawn(() => words(node).includes('raw.py exists already.'));
    const field = node.querySelector('input');
    expect(field?.getAttribute('aria-invalid')).toBe('true');
    expect(dialog.made).toBeNull();

    const made = { name: 'raw', file: 'transformers/raw.py', written: [] };
    context.wire.on('POST projects/p/blocks', made);
    await click(node, 'Make block');
    expect((await closed).button.accept).toBe(true);
    expect(dialog.made).toEqual(made);
    dialog.dispose();
    context.dispose();
  });
});
