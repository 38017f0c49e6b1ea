import {
  MarkerType,
  MiniMap,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  useViewport
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import * as React from 'react';

import type { Pipeline, Product } from '../contract';
import {
  Button,
  fitIcon,
  type IContext,
  minusIcon,
  plusIcon,
  typeWord
} from '../ui';
import { FlowLine, type FlowEdge } from './edge';
import { Floating, spot } from './floating';
import { arrange, edgeKey, NODE } from './layout';
import { BlockCard, type BlockNode } from './node';
import { edgeNames } from './order';
import type { IBlockStatus } from './status';

/** From how many blocks on a map is shown. */
const MAP_FROM = 20;

const NODE_TYPES = { block: BlockCard };

const EDGE_TYPES = { flow: FlowLine };

const FIT = { padding: 0.12, maxZoom: 1 };

/** How much a block shows at a zoom. */
function detail(zoom: number): 'full' | 'name' | 'mark' {
  return zoom >= 0.6 ? 'full' : zoom >= 0.3 ? 'name' : 'mark';
}

/** What the canvas draws. */
export interface ICanvasProps {
  /** The pipeline. */
  pipeline: Pipeline;
  /** What to say about each block. */
  statuses: ReadonlyMap<string, IBlockStatus>;
  /** The name of the selected block. */
  selected: string | null;
  /** What the selected block gave, with its first rows. */
  product: Product | null;
  /** Commands and words. */
  context: IContext;
  /** Called to select a block. */
  onSelect: (name: string) => void;
  /** Called to open a block's code. */
  onOpen: (name: string) => void;
  /** Called when the first rows find a place beside the block, or lose it. */
  onFloat: (floats: boolean) => void;
}

/** Zoom out, the zoom, zoom in, show all. */
function Zoom(props: { context: IContext }): JSX.Element {
  const { trans } = props.context;
  const flow = useReactFlow();
  const { zoom } = useViewport();
  return (
    <Panel position="bottom-left" className="mage-Zoom">
      <Button
        look="bare"
        icon={minusIcon}
        tabIndex={-1}
        title={trans.__('Smaller')}
        onClick={() => void flow.zoomOut()}
      />
      <span>{trans.__('%1 %', Math.round(zoom * 100))}</span>
      <Button
        look="bare"
        icon={plusIcon}
        tabIndex={-1}
        title={trans.__('Larger')}
        onClick={() => void flow.zoomIn()}
      />
      <Button
        look="bare"
        icon={fitIcon}
        tabIndex={-1}
        title={trans.__('Show all')}
        onClick={() => void flow.fitView(FIT)}
      />
    </Panel>
  );
}

/** The graph inside its provider. */
function Flow(props: ICanvasProps): JSX.Element {
  const { pipeline, statuses, selected, product, onSelect, onOpen, onFloat } =
    props;
  const flow = useReactFlow();
  const { x, y, zoom } = useViewport();
  const width = useStore(store => store.width);
  const height = useStore(store => store.height);
  const frame = React.useRef<HTMLDivElement>(null);
  const structure = JSON.stringify(
    pipeline.blocks.map(block => [block.name, block.upstream])
  );
  const { places, ways } = React.useMemo(
    () => arrange(pipeline.blocks),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the layout moves with the structure only
    [structure]
  );
  React.useEffect(() => {
    const node = frame.current;
    if (!node) {
      return;
    }
    const fit = (): void => void flow.fitView(FIT);
    const observer = new ResizeObserver(fit);
    observer.observe(node);
    const timer = window.setTimeout(fit, 0);
    return () => {
      window.clearTimeout(timer);
      observer.disconnect();
    };
  }, [flow, structure]);
  const shown = product?.preview && product.block === selected ? product : null;
  const place =
    shown && zoom >= 0.6
      ? spot(places, shown.block, { x, y, zoom, width, height })
      : null;
  const floats = place !== null;
  React.useEffect(() => onFloat(floats), [onFloat, floats]);
  const nodes = pipeline.blocks.map((block): BlockNode => ({
    id: block.name,
    type: 'block',
    position: places.get(block.name) ?? { x: 0, y: 0 },
    selected: block.name === selected,
    // Known sizes keep a block in sight, and its edges in place, when its state is drawn anew.
    ...NODE,
    measured: NODE,
    data: {
      name: block.name,
      type: block.type,
      kind: typeWord(block.type, props.context.trans).toLowerCase(),
      status: statuses.get(block.name) ?? null
    }
  }));
  const edges = pipeline.blocks.flatMap(block =>
    block.upstream
      .filter(name => places.has(name))
      .map((name): FlowEdge => {
        const near = name === selected || block.name === selected;
        return {
          id: edgeKey(name, block.name),
          type: 'flow',
          source: name,
          target: block.name,
          className: near ? 'mage-Edge mage-mod-near' : 'mage-Edge',
          data: {
            way: ways.get(edgeKey(name, block.name)) ?? [],
            names: near ? edgeNames(pipeline, name, block.name).join(', ') : ''
          },
          zIndex: near ? 1 : 0,
          markerEnd: {
            type: MarkerType.ArrowClosed,
            width: 18,
            height: 18,
            markerUnits: 'userSpaceOnUse',
            color: near ? 'var(--mage-run)' : 'var(--mage-edge)'
          }
        };
      })
  );
  return (
    <div
      ref={frame}
      className="mage-Canvas"
      data-detail={detail(zoom)}
      aria-hidden
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        minZoom={0.1}
        maxZoom={1.5}
        fitView
        fitViewOptions={FIT}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_, node) => onSelect(node.id)}
        onNodeDoubleClick={(_, node) => onOpen(node.id)}
        onNodeContextMenu={(_, node) => onSelect(node.id)}
      >
        <Zoom context={props.context} />
        {nodes.length >= MAP_FROM ? (
          <MiniMap
            pannable
            zoomable
            nodeColor="var(--mage-bar)"
            maskColor="var(--mage-hover)"
            bgColor="var(--jp-layout-color1)"
          />
        ) : null}
      </ReactFlow>
      {shown && place ? (
        <Floating spot={place} product={shown} context={props.context} />
      ) : null}
    </div>
  );
}

/**
 * The graph of a pipeline with the state of each block; the tree beside it is its twin for keyboard
 * and screen reader.
 */
export default function Canvas(props: ICanvasProps): JSX.Element {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}
