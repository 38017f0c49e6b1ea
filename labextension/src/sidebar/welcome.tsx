import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Button } from '../ui';

/**
 * What stands in the sidebar while no project is open: what to do, and the buttons that do it.
 */
export function Welcome(props: {
  /** The folder that the file browser shows, for people. */
  folder: string;
  /** Whether the server answers. */
  online: boolean;
  /** Words. */
  trans: TranslationBundle;
  /** Called to make a project of the folder; with the demo in a folder of its own. */
  onMake: (demo: boolean) => Promise<void>;
}): JSX.Element {
  const { trans, onMake } = props;
  const [busy, setBusy] = React.useState(false);
  const make = (demo: boolean): void => {
    setBusy(true);
    void onMake(demo).finally(() => setBusy(false));
  };
  const steps = [
    [
      trans.__('Open a notebook'),
      trans.__('Any notebook that runs from top to bottom.')
    ],
    [
      trans.__('Tag its cells'),
      trans.__(
        'Pick a type in a cell’s toolbar. Cells without a tag stay scratch.'
      )
    ],
    [
      trans.__('Run'),
      trans.__(
        'The order follows from the names that the cells read and define.'
      )
    ]
  ];
  return (
    <div className="mage-Welcome" data-mage-region>
      <h1>{trans.__('From a notebook to a pipeline')}</h1>
      <ol>
        {steps.map(([title, text], index) => (
          <li key={title}>
            <span className="mage-Welcome-number" aria-hidden>
              {index + 1}
            </span>
            <strong>{title}</strong>
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <p>
        {trans.__(
          'A project is a folder that holds pipelines. %1 is none yet.',
          props.folder
        )}
      </p>
      <div className="mage-Welcome-buttons">
        <Button
          look="main"
          disabled={busy || !props.online}
          onClick={() => make(false)}
        >
          {trans.__('Make a project here')}
        </Button>
        <Button disabled={busy || !props.online} onClick={() => make(true)}>
          {trans.__('Open the demo project')}
        </Button>
      </div>
    </div>
  );
}
