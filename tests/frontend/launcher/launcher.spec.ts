import { CommandRegistry } from '@lumino/commands';

import { launcher } from '../../../labextension/src/launcher';

describe('the launcher', () => {
  const activateById = jest.fn();
  const add = jest.fn();
  let commands: CommandRegistry;
  let made: unknown[];

  const activate = (browser: object | null): void => {
    void launcher.activate(
      { commands, shell: { activateById } } as never,
      { add },
      null,
      browser
    );
  };

  beforeEach(() => {
    jest.clearAllMocks();
    commands = new CommandRegistry();
    made = [];
    commands.addCommand('notebook:create-new', {
      describedBy: { args: null },
      execute: args => made.push(args)
    });
  });

  it('has a card that opens a new notebook with the rail beside it', async () => {
    activate(null);
    const [{ command, category }] = add.mock.calls[0] as [
      { command: string; category: string }
    ];
    expect(category).toBe('Pipelines');
    expect(commands.label(command)).toBe('Pipeline from a notebook');
    await commands.execute(command, { cwd: 'work' });
    expect(made).toEqual([{ cwd: 'work', kernelName: 'python3' }]);
    expect(activateById).toHaveBeenCalledWith('mage-jlab-rail');
  });

  it('takes the folder that the file browser shows, else the top one', async () => {
    activate({ model: { path: 'here' } });
    await commands.execute('mage-jlab:pipeline-from-notebook');
    commands = new CommandRegistry();
    commands.addCommand('notebook:create-new', {
      describedBy: { args: null },
      execute: args => made.push(args)
    });
    activate(null);
    await commands.execute('mage-jlab:pipeline-from-notebook');
    expect(made).toMatchObject([{ cwd: 'here' }, { cwd: '' }]);
  });
});
