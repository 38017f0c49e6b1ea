import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/**
 * Draw anew whenever one of the signals says that something changed; the number goes up each time.
 */
export function useSignals(
  ...signals: readonly ISignal<unknown, unknown>[]
): number {
  const [version, setVersion] = React.useState(0);
  React.useEffect(() => {
    const receiver = {};
    const hear = (): void => setVersion(value => value + 1);
    for (const signal of signals) {
      signal.connect(hear, receiver);
    }
    return () => {
      for (const signal of signals) {
        signal.disconnect(hear, receiver);
      }
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the signals themselves are the list
  }, signals);
  return version;
}
