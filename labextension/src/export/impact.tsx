import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Moment } from '../ui';
import type { ExportModel } from './model';

/** What an export means for the pipeline: what becomes stale, and which triggers run it. */
export function Impact(props: {
  model: ExportModel;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { model, trans } = props;
  const { stale, triggers } = model;
  const armed = triggers.filter(trigger => trigger.enabled);
  if (model.isFirst) {
    return (
      <dl className="mage-Export-impact">
        <div>
          <dt>{trans.__('Becomes a pipeline')}</dt>
          <dd>
            <strong>{trans._n('%1 block', '%1 blocks', model.blocks)}</strong>
            {trans.__(', each in a file of its own')}
          </dd>
        </div>
      </dl>
    );
  }
  if (stale.all.length === 0 && triggers.length === 0) {
    return null;
  }
  return (
    <dl className="mage-Export-impact">
      {stale.all.length > 0 ? (
        <div>
          <dt>{trans.__('Becomes stale')}</dt>
          <dd>
            <strong>
              {trans._n('%1 block', '%1 blocks', stale.all.length)}
            </strong>{' '}
            {stale.changed.length === 1 && stale.all.length > 1
              ? trans.__('%1 and what follows', stale.changed[0])
              : stale.all.slice(0, 3).join(', ')}
          </dd>
        </div>
      ) : null}
      <div>
        <dt>{trans.__('Triggers that run it')}</dt>
        <dd>
          <strong>{armed.length}</strong>{' '}
          {armed.length > 0 ? (
            <>
              {armed[0].name}
              {armed[0].next_at ? (
                <>
                  {', '}
                  <Moment at={armed[0].next_at} trans={trans} />
                </>
              ) : null}
            </>
          ) : (
            trans.__('It runs by hand.')
          )}
        </dd>
      </div>
    </dl>
  );
}
