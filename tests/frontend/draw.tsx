import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act } from 'react';
import { createRoot } from 'react-dom/client';

(
  globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
).IS_REACT_ACT_ENVIRONMENT = true;

/** Draw an element in the page and give the node it was drawn in. */
export async function draw(element: JSX.Element): Promise<HTMLElement> {
  const node = document.createElement('div');
  document.body.append(node);
  const root = createRoot(node);
  await settle(() => root.render(element));
  return node;
}

/** Put a widget into the page and wait until it is drawn. */
export async function show(widget: Widget): Promise<HTMLElement> {
  await settle(() => Widget.attach(widget, document.body));
  return widget.node;
}

/** Do something and wait until all of it is drawn. */
export async function settle(
  action: () => void = () => undefined
): Promise<void> {
  await act(async () => {
    action();
    MessageLoop.flush();
    await Promise.resolve();
  });
}

/** Click what stands under a node with this text, or this accessible name. */
export async function click(node: HTMLElement, name: string): Promise<void> {
  const found = [...node.querySelectorAll<HTMLElement>('button, [role]')].find(
    one =>
      (one.getAttribute('aria-label') ?? one.textContent ?? '').trim() === name
  );
  if (!found) {
    throw new Error(`There is no ${name} in: ${node.textContent}`);
  }
  await settle(() => found.click());
}

/** The words of a node, with single spaces. */
export function words(node: Element | null): string {
  return (node?.textContent ?? '').replace(/\s+/g, ' ').trim();
}
