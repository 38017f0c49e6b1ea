import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

import type { Block, Pipeline, Product, Run } from '../contract';
import {
  Button,
  cellText,
  Code,
  type IContext,
  runIcon,
  StateMark,
  stateWord,
  Tabs,
  TypeBadge
} from '../ui';
import { Facts } from './facts';
import { History } from './history';
import type { IPart } from './model';
import { PastBars } from './past';
import { Preview } from './preview';
import type { IBlockStatus } from './status';

/** What the inspector shows of a block. */
type Part = 'block' | 'code' | 'product' | 'history';

/** How many rows, and how many letters of a value, the product's tab shows. */
const ROWS = 10;
const LETTERS = 2000;

/** The code of a block, and the way to its file. */
function CodePart(props: {
  block: Block;
  code: string | null;
  languages: IEditorLanguageRegistry | null;
  context: IContext;
  onOpen: (name: string) => void;
}): JSX.Element {
  const { block, code, context } = props;
  return (
    <div className="mage-Inspector-code">
      <div className="mage-Inspector-codeHead">
        <h2>{context.trans.__('Code')}</h2>
        <Button
          look="link"
          title={block.file}
          onClick={() => props.onOpen(block.name)}
        >
          <span className="mage-mod-ellipsis">{block.file}</span>
        </Button>
      </div>
      {code ? (
        <Code
          text={code.trimEnd()}
          language={block.language}
          languages={props.languages}
        />
      ) : null}
    </div>
  );
}

/** What a block gave: its first rows, or its value. */
function ProductPart(props: {
  block: Block;
  product: Product | null;
  context: IContext;
}): JSX.Element {
  const { block, product, context } = props;
  return (
    <div className="mage-Inspector-body">
      {product ? (
        <>
          <Preview product={product} limit={ROWS} context={context} />
          {product.preview === null && product.value !== null ? (
            <pre className="mage-Inspector-value">
              {cellText(product.value).slice(0, LETTERS)}
            </pre>
          ) : null}
        </>
      ) : (
        <p className="mage-mod-grey">
          {context.trans.__('There is no product of %1 yet.', block.name)}
        </p>
      )}
    </div>
  );
}

/**
 * What there is to know about the selected block, and what can be done with it.
 */
export function Inspector(props: {
  /** The pipeline. */
  pipeline: Pipeline;
  /** The selected block, as the pipeline lists it. */
  block: Block;
  /** The same with its code, once it was read. */
  read: Block | null;
  /** Its product with the first rows. */
  product: Product | null;
  /** Whether the first rows stand here, since they have no place beside the block. */
  preview: boolean;
  /** What to say about it. */
  status: IBlockStatus | undefined;
  /** The last runs, oldest first. */
  past: readonly Run[];
  /** Whether the server answers. */
  online: boolean;
  /** Colours code. */
  languages: IEditorLanguageRegistry | null;
  /** Commands and words. */
  context: IContext;
  /** Called to run a part of the pipeline. */
  onRun: (part: IPart) => void;
  /** Called to open the block's code. */
  onOpen: (name: string) => void;
}): JSX.Element {
  const { block, product, status, online, context } = props;
  const { trans } = context;
  const [part, setPart] = React.useState<Part>('block');
  const error = status?.run?.error ?? null;
  const code = (
    <CodePart
      block={block}
      code={props.read?.code ?? null}
      languages={props.languages}
      context={context}
      onOpen={props.onOpen}
    />
  );
  return (
    <aside
      className="mage-Inspector"
      data-mage-region
      aria-label={trans.__('Block %1', block.name)}
    >
      <div className="mage-Inspector-head">
        <TypeBadge type={block.type} trans={trans} />
        <h2 className="mage-mod-ellipsis" title={block.name}>
          {block.name}
        </h2>
        {status?.state ? (
          <>
            <StateMark state={status.state} />
            <span>{stateWord(status.state, trans)}</span>
          </>
        ) : null}
      </div>
      <div className="mage-Inspector-buttons">
        <Button
          icon={runIcon}
          disabled={!online}
          title={trans.__('Run this block and all below it')}
          onClick={() => props.onRun({ from: block.name })}
        >
          {trans.__('Run from here')}
        </Button>
        <Button
          disabled={!online}
          title={trans.__('Run this block alone, in a clean namespace')}
          onClick={() => props.onRun({ block: block.name })}
        >
          {trans.__('Run this block')}
        </Button>
      </div>
      <Tabs
        label={trans.__('What is shown of %1', block.name)}
        selected={part}
        onSelect={setPart}
        tabs={[
          ['block', trans.__('Block')],
          ['code', trans.__('Code')],
          ['product', trans.__('Product')],
          ['history', trans.__('History')]
        ]}
      />
      {part === 'block' ? (
        <>
          <div className="mage-Inspector-body">
            <Facts
              pipeline={props.pipeline}
              block={block}
              status={status}
              context={context}
            />
            {error ? (
              <p className="mage-mod-bad mage-Inspector-error">
                {trans.__('%1: %2', error.type, error.message)}
              </p>
            ) : null}
            {product?.preview && props.preview ? (
              <Preview product={product} context={context} />
            ) : null}
            <PastBars runs={props.past} block={block.name} context={context} />
          </div>
          {code}
        </>
      ) : part === 'code' ? (
        code
      ) : part === 'product' ? (
        <ProductPart block={block} product={product} context={context} />
      ) : (
        <History runs={props.past} block={block.name} context={context} />
      )}
    </aside>
  );
}
