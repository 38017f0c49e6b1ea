import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act } from 'react';
import { createRoot } from 'react-dom/client';

import { until } from './wire';

const page = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };
page.IS_REACT_ACT_ENVIRONMENT = true;

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

/** Wait until something holds that comes by itself, as answers do, and all of it is drawn. */
export async function drawn(holds: () => boolean): Promise<void> {
  page.IS_REACT_ACT_ENVIRONMENT = false;
  try {
    await until(holds);
    // What React has scheduled meanwhile is drawn in tasks of its own.
    for (let task = 0; task < 4; task += 1) {
      await new Promise(resolve => setTimeout(resolve, 0));
    }
  } finally {
    page.IS_REACT_ACT_ENVIRONMENT = true;
  }
  await settle();
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

/** Type a text into a field, found by its accessible name under a node, or given itself. */
export async function type(
  node: HTMLElement,
  ...rest: [name: string, text: string] | [text: string]
): Promise<void> {
  const [text, name] = [rest[rest.length - 1], rest[0]];
  const field =
    rest.length === 2
      ? node.querySelector<HTMLInputElement>(`input[aria-label="${name}"]`)
      : (node as HTMLInputElement);
  if (!field) {
    throw new Error(`There is no field ${name} in: ${node.textContent}`);
  }
  // React keeps the value that it set: only the element's own setter makes it see another.
  const setter = Object.getOwnPropertyDescriptor(
    HTMLInputElement.prototype,
    'value'
  )?.set;
  await settle(() => {
    setter?.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}
