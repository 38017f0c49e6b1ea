import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IFlow } from './flows';
import { gathered, shortened } from './flows';

interface IFlowsProps {
  flows: IFlow[];
  trans: TranslationBundle;
}

function Names(props: { names: string[] }): JSX.Element {
  return (
    <>
      {props.names.map(name => (
        <React.Fragment key={name}>
          {' '}
          <code>{name}</code>
        </React.Fragment>
      ))}
    </>
  );
}

function More(props: {
  count: number;
  trans: TranslationBundle;
}): JSX.Element | null {
  return props.count > 0 ? (
    <span> {props.trans.__('and %1 more', props.count)}</span>
  ) : null;
}

/** Names that flow in, with the blocks that give them. */
export function Reads({ flows, trans }: IFlowsProps): JSX.Element | null {
  if (flows.length === 0) {
    return null;
  }
  const { shown, more } = shortened(flows);
  const groups = gathered(
    shown.map(flow => ({
      ...flow,
      // A block that gives its own name need not be said twice.
      blocks: flow.blocks.filter(block => block !== flow.name)
    }))
  );
  return (
    <span className="mage-CellLine-flow">
      <span>{trans.__('in')}</span>
      {groups.map(({ names, blocks }) => (
        <React.Fragment key={names[0]}>
          <Names names={names} />
          {blocks.length > 0 ? (
            <span> {trans.__('from %1', blocks.join(', '))}</span>
          ) : null}
        </React.Fragment>
      ))}
      <More count={more} trans={trans} />
    </span>
  );
}

/** Names that flow out, with the blocks that read them. */
export function Gives({ flows, trans }: IFlowsProps): JSX.Element | null {
  if (flows.length === 0) {
    return null;
  }
  const { shown, more } = shortened(flows);
  return (
    <span className="mage-CellLine-flow">
      <span>{trans.__('out')}</span>
      {gathered(shown).map(({ names, blocks }) => (
        <React.Fragment key={names[0]}>
          <Names names={names} />
          {blocks.length > 0 ? (
            <>
              <span aria-label={trans.__('read by')}> → </span>
              <span>{blocks.join(', ')}</span>
            </>
          ) : null}
        </React.Fragment>
      ))}
      <More count={more} trans={trans} />
    </span>
  );
}
