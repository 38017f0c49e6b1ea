import * as React from 'react';

import type { IContext } from './context';
import { Banner, Button } from './parts';
import { retryIcon } from './icons';
import { useSignals } from './signals';
import { ago, timeOfDay } from './times';
import { useNow } from './now';

/**
 * Says that the server does not answer, and from when what is shown is; nothing while it answers.
 */
export function OfflineBanner(props: {
  /** The connection and the words. */
  context: IContext;
}): JSX.Element | null {
  const { mage, trans } = props.context;
  const { connection } = mage;
  useSignals(connection.changed);
  const online = connection.online;
  const now = useNow(!online);
  if (online) {
    return null;
  }
  const at = connection.lastAnswer;
  return (
    <Banner
      tone="warn"
      title={trans.__('No connection to the server.')}
      actions={
        <Button icon={retryIcon} onClick={() => void connection.tryNow()}>
          {trans.__('Try now')}
        </Button>
      }
    >
      {at
        ? trans.__(
            'Runs go on. This is the state of %1, %2.',
            timeOfDay(at.getTime()),
            ago(at.toISOString(), trans, now)
          )
        : trans.__('Runs go on.')}
    </Banner>
  );
}
