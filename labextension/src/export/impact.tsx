import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { duration, Moment } from '../ui';
import type { ExportModel } from './model';

/** What an export means: what becomes stale, how long that takes, which triggers and pipelines it concerns. */
export function Impact(props: {
  model: ExportModel;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { model, trans } = props;
  const { again, others, stale, triggers } = model;
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
      {again !== null ? (
        <div>
          <dt>{trans.__('Computed again')}</dt>
          <dd>
            <strong>{trans.__('about %1', duration(again))}</strong>{' '}
            {trans.__('from the last runs')}
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
      {others.length > 0 ? (
        <div title={others.map(({ files }) => files.join(', ')).join('\n')}>
          <dt>{trans.__('Other pipelines')}</dt>
          <dd>
            <strong>{others.length}</strong>{' '}
            {trans._n(
              '%2 uses %3',
              '%2 and others use %3',
              others.length,
              others[0].pipeline,
              PathExt.basename(
                others[0].files[0],
                PathExt.extname(others[0].files[0])
              )
            )}
          </dd>
        </div>
      ) : null}
    </dl>
  );
}
