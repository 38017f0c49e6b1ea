import * as React from 'react';

import { CommandIDs } from '../tokens';
import { Banner, Button, type IContext } from '../ui';
import type { IHeld, PipelineState } from './model';

/**
 * Says before a run that the notebook is ahead of the files, and asks what to do.
 */
export function Held(props: {
  /** What is shown. */
  state: PipelineState;
  /** The run that waits for a word. */
  held: IHeld;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { state, held, context } = props;
  const { trans, commands } = context;
  const exportFirst = async (): Promise<void> => {
    state.release();
    const path = await state.notebook();
    await commands.execute(CommandIDs.exportNotebook, { path });
  };
  return (
    <Banner
      tone="warn"
      title={trans._n(
        'The notebook differs from %1 file.',
        'The notebook differs from %1 files.',
        held.files
      )}
      actions={
        <>
          <Button onClick={() => void state.start(held.part, true)}>
            {trans.__('Run the files as they are')}
          </Button>
          <Button look="main" onClick={() => void state.attempt(exportFirst)}>
            {trans.__('Export first…')}
          </Button>
        </>
      }
    >
      {trans.__('A run runs the files.')}
    </Banner>
  );
}
